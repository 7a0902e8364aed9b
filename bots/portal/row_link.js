/* The link of one row, after proving that the row is still the one that was read; or what is wrong. */
const findRowLink = ({ tables, index, cells, link }) => {
  const clean = (text) => text.replace(/\s+/g, " ").trim();
  const node = tables.map((selector) => document.querySelector(selector)).find(Boolean);
  const row = node ? node.rows[index] : null;
  const isSame = row && JSON.stringify(Array.from(row.cells, (c) => clean(c.textContent))) === JSON.stringify(cells);
  if (!isSame) return { trouble: "row" };
  const links = Array.from(row.querySelectorAll("a,button,input"));
  const target = links.find((e) => clean(e.textContent || e.value || "") === link);
  return target ? { trouble: "", target } : { trouble: "link" };
};
