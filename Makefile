# What this project can do. Each target sets up what it needs first; the second time that is quick.
.DEFAULT_GOAL := help
.PHONY: help setup demo lab lab-ko test release lint bench proof

BIN := .venv/bin
# Chromium and fonts serve the browser tests, PostgreSQL the gradebook's; a student's set-up needs
# bubblewrap alone, to grade.
TEST_PACKAGES := bubblewrap chromium fonts-noto-cjk postgresql

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s  %s\n", $$1, $$2 }' Makefile

setup: ## make .venv and install what requirements.lock pins
	@bash scripts/setup.sh bubblewrap

demo: setup ## release, play a class of students, grade them in the sandbox, print the table
	@$(BIN)/unrolled demo

lab: setup ## open the course in JupyterLab, on a work copy of your own
	@$(BIN)/unrolled lab

lab-ko: setup ## 한국어로 강좌 열기
	@$(BIN)/unrolled lab --lang ko

test: ## set everything up and run the whole suite
	@bash scripts/setup.sh $(TEST_PACKAGES)
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest --numprocesses auto --dist loadfile --durations 15

release: setup ## make every derived file again from its source
	@$(BIN)/unrolled release

lint: setup ## format, lint, types, and derived files that are stale
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright
	@$(BIN)/unrolled release --check
	@$(BIN)/unrolled translate --check

bench: ## measure importing, checking, grading and the widgets on this machine
	@bash scripts/setup.sh $(TEST_PACKAGES)
	@$(BIN)/python -m benchmarks

proof: setup ## prove that each grade is right: every exercise, 1,000 seeds, all mutants, the judge
	@$(BIN)/python -m tests.exercises.proof
