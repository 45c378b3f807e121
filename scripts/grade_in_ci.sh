#!/usr/bin/env bash
# Grades in CI: lays what was handed in beside a copy of the course's sources, and grades it there.
# Reads from the environment:
#   COURSE        the course's folder, set up (make setup)
#   REPORTS       the folder for scores.csv, scores.json, junit.xml, lms.csv and summary.md
#   SUBMITTED     a class: a folder with STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb, or
#   SUBMISSION    one student's folder with ASSIGNMENT.ipynb or ASSIGNMENT/ASSIGNMENT.ipynb, and
#   STUDENT       that student's name
#   ASSIGNMENTS   which ones, with blanks between (default: all that were handed in)
#   WORKERS       how many at once (default: unrolled's own)
#   UNROLLED_SEED the hidden checks' seed (default: the published one)
# Ends as `unrolled grade` does: 0 all graded, 1 something refused or failed, 2 wrong usage.
set -euo pipefail

fail() {
  printf 'grade_in_ci: %s\n' "$*" >&2
  exit 2
}

[ -x "${COURSE:?}/.venv/bin/unrolled" ] || fail "$COURSE is not set up. Run: make -C $COURSE setup"
mkdir -p "${REPORTS:?}"
course=$(realpath "$COURSE") reports=$(realpath "$REPORTS")
rm -f "$reports"/{scores.csv,scores.json,junit.xml,lms.csv,summary.md}
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir "$root/submitted"
cp -R "$course/source" "$course/nbgrader_config.py" "$root"

read -r -a assignments <<<"${ASSIGNMENTS:-}"
if [ -n "${SUBMITTED:-}" ]; then
  [ -d "$SUBMITTED" ] || fail "there is no folder $SUBMITTED with what students handed in."
  # Links stay links, which grading refuses: followed, one would show what lies on this machine.
  cp -R -P "$SUBMITTED/." "$root/submitted"
else
  case "${STUDENT:-}" in
  '' | .* | -* | */*) fail "'${STUDENT:-}' is no student's name: set STUDENT, without a slash." ;;
  esac
  for source in "$course"/source/*/; do
    name=$(basename "$source")
    for notebook in "$source"*.ipynb; do
      for found in "${SUBMISSION:-.}"/{"$name"/,}"$(basename "$notebook")"; do
        if [ -e "$found" ] || [ -L "$found" ]; then
          mkdir -p "$root/submitted/$STUDENT/$name"
          cp -R -P "$found" "$root/submitted/$STUDENT/$name/"
          break
        fi
      done
    done
  done
  [ -d "$root/submitted/$STUDENT" ] || fail "no notebook of an assignment is in ${SUBMISSION:-.}." \
    "Expected ASSIGNMENT.ipynb or ASSIGNMENT/ASSIGNMENT.ipynb for one of:" \
    "$(cd "$course/source" && printf '%s ' *)"
fi

# CI's own environment holds tokens, so the grader gets none of it but what it needs; of the
# grader's, the sandbox gives students' code nothing at all.
cd "$root"
status=0
env -i PATH="$PATH" HOME="$HOME" LANG=C.UTF-8 TERM=dumb \
  ${LD_LIBRARY_PATH:+LD_LIBRARY_PATH="$LD_LIBRARY_PATH"} UNROLLED_SEED="${UNROLLED_SEED:-}" \
  "$course/.venv/bin/unrolled" grade "${assignments[@]}" ${WORKERS:+--workers "$WORKERS"} \
  --csv "$reports/scores.csv" --json "$reports/scores.json" --junit "$reports/junit.xml" \
  --lms "$reports/lms.csv" --summary "$reports/summary.md" || status=$?
exit "$status"
