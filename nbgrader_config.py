"""nbgrader's configuration for this course; `unrolled grade` reads it too."""

c = get_config()  # noqa: F821

# One course; the gradebook is gradebook.db beside this file unless db_url says otherwise.
c.CourseDirectory.course_id = "unrolled"

# Cells are matched by grade id: copied, tagged or missing cells cost nobody a mark.
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "unrolled.grading.match.MatchCells",
]

# Students' code runs in a sandbox and the tests run outside it, so Execute is not in this list.
c.Autograde.autograde_preprocessors = [
    "unrolled.grading.judge.Judge",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# nbgrader would copy what a link in a submission points to.
c.Autograde.pre_convert_hook = "unrolled.grading.intake.refuse_unsafe"

# Hidden tests are hidden in feedback, too.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "unrolled.grading.feedback.HideTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# A feedback page runs no script and loads nothing from the network.
c.GenerateFeedback.exporter_class = "unrolled.grading.feedback.FeedbackExporter"

# What students write in Markdown is cleaned wherever it is shown: feedback and formgrader.
c.HTMLExporter.filters = {"markdown2html": "unrolled.grading.feedback.clean_markdown"}
