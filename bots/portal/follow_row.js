/* Click the link of one row, after proving that the row is still the one that was read. Answers what is wrong. */
({ tables, index, cells, link }) => {
  const clean = (text) => text.replace(/\s+/g, " ").trim();
  const node = tables.map((selector) => document.querySelector(selector)).find(Boolean);
  const row = node ? node.rows[index] : null;
  if (!row || JSON.stringify(Array.from(row.cells, (c) => clean(c.textContent))) !== JSON.stringify(cells)) return "row";
  const links = Array.from(row.querySelectorAll("a,button,input"));
  const target = links.find((e) => clean(e.textContent || e.value || "") === link);
  if (!target) return "link";
  target.click();
  return "";
}
