# SPDX-License-Identifier: MIT
"""The report for people: a page of theorems, a page for each file with its goals, a
page for each source. Static, and nothing is fetched from elsewhere."""
import collections
import html
import pathlib
import re
import shutil

from proof import trust
from proof.goals import SMOKE, provers
from proof.run import WORK
from proof.summary import functions_of, served

REPORT = WORK / "report"
ROW = re.compile(r'<tr class="goal">')
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1d2430; margin: 2rem auto;
  max-width: 72rem; padding: 0 1.5rem; }
h1 { font-size: 1.7rem; margin-bottom: .3rem } h2 { font-size: 1.25rem; margin-top: 2.2rem }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem }
a { color: #1a5fb4; text-decoration: none } a:hover { text-decoration: underline }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th { text-align: left; border-bottom: 2px solid #9aa5b4 }
th, td { padding: .25rem .8rem .25rem 0; vertical-align: top }
td { border-bottom: 1px solid #e3e7ee }
code, pre { font: .85rem/1.45 ui-monospace, monospace }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums }
.said { color: #55606f } .bad { color: #b3261e; font-weight: 600 } .good { color: #1b7f3b }
.name { font-weight: 700; font-size: 1.1rem; white-space: nowrap }
details { margin: .2rem 0 } summary { cursor: pointer; color: #55606f }
pre span:target { background: #fff3bf } pre .line { color: #9aa5b4; user-select: none }
"""


def text_of(markdown):
    """One line of the documents' Markdown, as HTML."""
    said = html.escape(markdown)
    said = re.sub(r"`([^`]+)`", r"<code>\1</code>", said)
    return re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", said)


def page(title, body, home=True):
    back = '<p><a href="index.html">All theorems and files</a></p>\n' if home else ""
    return (f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">\n'
            f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style></head>\n<body>\n"
            f"{back}{body}\n</body>\n</html>\n")


def table(heads, rows):
    cells = "".join(f"<th>{head}</th>" for head in heads)
    return f"<table>\n<tr>{cells}</tr>\n" + "\n".join(rows) + "\n</table>\n"


def tr(*cells, kind=""):
    """A row; a cell that is a pair has a class."""
    made = (cell if isinstance(cell, tuple) else (cell, "") for cell in cells)
    inner = "".join(f'<td class="{name}">{text}</td>' if name else f"<td>{text}</td>"
                    for text, name in made)
    return f'<tr class="{kind}">{inner}</tr>' if kind else f"<tr>{inner}</tr>"


def page_of(file):
    return file.replace("/", "_") + ".html"


def source_of(file):
    return "source_" + page_of(file)


def verdict(run):
    if run.problem:
        return f'<span class="bad">{html.escape(run.problem.splitlines()[0])}</span>'
    return f'<span class="good">{"refused" if run.refused else "proven"}</span>'


class Sources:
    """Where functions stand, and a page for each source."""

    def __init__(self):
        paths = sorted(path for folder in ("src", "spec") for path in
                       pathlib.Path(folder).rglob("*.[ch]"))
        self.texts = {str(path): path.read_text() for path in paths}

    def place(self, function, file):
        """The file and line of the definition, or the declaration, of `function`."""
        pattern = re.compile(rf"^[A-Za-z_][^;{{}}=#()]*?\b({re.escape(function)})\([^;{{}}]*\)"
                             r"[^;{}]*?\{", re.M)
        for path in [file] + [path for path in self.texts if path.endswith(".h")]:
            match = pattern.search(self.texts.get(path, ""))
            if match:
                return path, self.texts[path].count("\n", 0, match.start(1)) + 1
        return file, 1

    def contract(self, function):
        """The header and line where `function` is declared, or None."""
        pattern = re.compile(rf"^[A-Za-z_][^;{{}}=#()/]*?\b({re.escape(function)})\([^;{{}}]*\);",
                             re.M)
        for path, text in self.texts.items():
            match = path.endswith(".h") and pattern.search(text)
            if match:
                return path, text.count("\n", 0, match.start(1)) + 1
        return None

    def write(self):
        for path, text in self.texts.items():
            lines = "\n".join(
                f'<span id="L{number}"><span class="line">{number:4}</span> '
                f"{html.escape(line)}</span>" for number, line in enumerate(text.splitlines(), 1))
            (REPORT / source_of(path)).write_text(
                page(path, f"<h1><code>{path}</code></h1>\n<pre>{lines}</pre>"))


def link(place, shown):
    return f'<a href="{source_of(place[0])}#L{place[1]}">{shown}</a>'


def goal_row(goal):
    spent = f"{goal.seconds:.2f} s" if goal.seconds else ""
    label = goal.label.replace("_", "_<wbr>")
    return tr(f"<code>{label}</code>", "passed" if goal.prover == SMOKE else "valid",
              goal.prover, (spent, "number"), "remembered" if goal.remembered else "", kind="goal")


def file_page(run, sources):
    """The goals of a file, function by function, as they stand in the source."""
    groups = collections.defaultdict(list)
    for goal in run.proofs:
        groups[goal.function].append(goal)
    body = [f"<h1><code>{run.file}</code></h1>",
            f'<p class="said">{run.covered} of {run.goals} goals, {run.seconds:.1f} s, '
            f'{link((run.file, 1), "source")}; {verdict(run)}</p>']
    for function in sorted(groups, key=lambda name: sources.place(name, run.file)[1]):
        goals = groups[function]
        shown = f"<code>{function or 'other'}</code>"
        where = ""
        if function in functions_of(run):
            contract = sources.contract(function)
            shown = link(sources.place(function, run.file), shown)
            where = f", {link(contract, 'contract')}" if contract else ""
        body.append(f'<h3 id="{function}">{shown} <span class="said">{len(goals)} goals{where}'
                    "</span></h3>")
        body.append(table(("goal", "verdict", "by", "seconds", ""), map(goal_row, goals)))
    return page(run.file, "\n".join(body))


def theorem_section(theorem):
    by = collections.defaultdict(list)
    for file, goal in theorem.goals:
        by[file, goal.function].append(goal)
    items = "\n".join(
        f'<li><a href="{page_of(file)}#{function}"><code>{function}</code></a> '
        f'<span class="said">{html.escape(", ".join(goal.label for goal in goals))}</span></li>'
        for (file, function), goals in by.items())
    files = ", ".join(f'<a href="{page_of(file)}"><code>{file}</code></a>'
                      for file in theorem.files[:4]) + (
        f" and {len(theorem.files) - 4} more" if len(theorem.files) > 4 else "")
    models = "".join(f", model <code>{model}</code>" for model in theorem.models)
    spent = sum(goal.seconds for _, goal in theorem.goals)
    who = ", ".join(f"{name} {count}" for name, count in
                    provers([goal for _, goal in theorem.goals]).items())
    faults = "".join(f'<p class="bad">{html.escape(fault)}</p>' for fault in theorem.faults)
    return (f"<p>{text_of(theorem.promise)}.</p>{faults}<details><summary>{len(theorem.goals)} "
            f"goals proven ({who}; {spent:.1f} s) in {files}{models}</summary>\n<ul>{items}</ul>"
            "</details>")


def index(runs, theorems, said):
    body = ["<h1>What is proven of Vigil</h1>", f'<p class="said">{html.escape(said)}</p>',
            "<h2>Theorems</h2>"]
    rows = [tr((theorem.name, "name"), theorem_section(theorem), kind="theorem")
            for theorem in theorems]
    body.append(table(("", "promise"), rows))
    body.append("<h2>Files</h2>")
    body.append(table(
        ("file", "functions", "goals", "by", "seconds", "theorems", ""),
        [tr(f'<a href="{page_of(run.file)}"><code>{run.file}</code></a>',
            (str(len(functions_of(run))), "number"), (f"{run.covered}/{run.goals}", "number"),
            ", ".join(f"{name} {count}" for name, count in provers(run.proofs).items()),
            (f"{run.seconds:.1f}", "number"), " ".join(served(run, theorems)), verdict(run))
         for run in runs if not run.refused]))
    body.append("<h2>What must be refused, and was</h2>")
    body.append(table(("file", "goals", ""), [
        tr(link((run.file, 1), f"<code>{run.file}</code>"),
           "<br>".join(f"<code>{pattern}</code>" for pattern in run.refused), verdict(run))
        for run in runs if run.refused]))
    body.append("<h2>What is trusted</h2>")
    body.append(table(("what", "which", "where", "manual page"), [
        tr(*map(text_of, row)) for row in trust.listed()]))
    return page("What is proven of Vigil", "\n".join(body), home=False)


def write(runs, theorems, said):
    """Writes the report, reads it again, and gives what is missing in it."""
    shutil.rmtree(REPORT, ignore_errors=True)
    REPORT.mkdir(parents=True)
    sources = Sources()
    sources.write()
    units = [run for run in runs if not run.refused]
    for run in units:
        (REPORT / page_of(run.file)).write_text(file_page(run, sources))
    (REPORT / "index.html").write_text(index(runs, theorems, said))
    return missing(units, theorems) + self_test(units, theorems)


def self_test(units, theorems):
    """A goal that is taken out of a page has to be missed."""
    for run in units:
        path = REPORT / page_of(run.file)
        text = path.read_text()
        if ROW.search(text):
            path.write_text(ROW.sub("<tr>", text, count=1))
            found = missing(units, theorems)
            path.write_text(text)
            return [] if found else ["a goal that the report lacks is not missed"]
    return ["the report has no goal"]


def missing(units, theorems):
    """The goals in the pages are the goals of the run, every theorem has some, and
    every link leads somewhere."""
    shown = sum(len(ROW.findall((REPORT / page_of(run.file)).read_text())) for run in units)
    total = sum(run.covered for run in units)
    faults = [] if shown == total else [f"the report shows {shown} goals of {total}"]
    front = (REPORT / "index.html").read_text()
    sections = re.findall(r'<tr class="theorem">.*?(\d+) goals proven', front, re.S)
    if len(sections) != len(theorems):
        faults.append(f"the report shows {len(sections)} theorems of {len(theorems)}")
    faults += [f"{theorem.name} has no goal in the report"
               for theorem, count in zip(theorems, sections) if count == "0" and not theorem.models]
    ids = {path.name: set(re.findall(r'id="([^"]*)"', path.read_text()))
           for path in REPORT.glob("*.html")}
    for path in sorted(REPORT.glob("*.html")):
        for target in set(re.findall(r'href="([^"]*)"', path.read_text())):
            name, _, place = target.partition("#")
            if name not in ids or place and place not in ids[name]:
                faults.append(f"{path}: nothing at {target}")
    return faults
