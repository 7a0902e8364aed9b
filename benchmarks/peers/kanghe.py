"""The policy list of the sandbox's 康禾人寿 as scripts read it: what both peers share."""

PASSWORD = "kanghe-demo-2026"
PREFIX = "#ctl00_MainContent_"
BEGIN, END = "2026-01-01", "2026-10-31"
ROWS = """() => Array.from(document.querySelectorAll("[id^=ctl00_MainContent_gvPolic] > tbody > tr"))
  .filter(r => r.querySelector("td") && !r.matches(".pager")).map(r => Array.from(r.cells, c => c.textContent.trim()))"""
# The boxes are read-only: scripts write into them.
DATES = """([begin, end]) => {
  document.querySelector("#ctl00_MainContent_txtBegin").value = begin;
  document.querySelector("#ctl00_MainContent_txtEnd").value = end;
}"""
