/* Wait until the page shows what is asked for, then answer everything about it in one JSON text.
   Runs inside the page: one call per page, however many cells the table has. */
async (question) => {
  const { tables, headers, leaveOut, empty, within, labels, page, pageAt, pagesAt, idle, pageNo, asShown, timeout } = question;
  const deadline = performance.now() + timeout;

  const valueBeside = (label) => {
    const root = within ? document.querySelector(within) : document;
    const cells = root ? Array.from(root.querySelectorAll("th,td,dt")) : [];
    const cell = cells.find((c) => !c.querySelector("table") && clean(c.textContent).replace(/[:：]$/, "") === label);
    return cell && cell.nextElementSibling ? clean(cell.nextElementSibling.textContent) : null;
  };

  /* What stands beside a label; of a whole text with a {place} for the record's name, the text itself. */
  const saidAt = (label, wanted) => {
    if (!label.includes("{")) return valueBeside(label);
    const root = within ? document.querySelector(within) : document.body;
    const isThere = Boolean(root) && Array.from(root.querySelectorAll("*")).some((e) => clean(e.textContent) === wanted);
    return isThere ? wanted : null;
  };

  const textAt = (selector) => {
    const element = document.querySelector(selector);
    return element ? clean(element.textContent) : "";
  };
  const printedPage = (text) => (text.match(new RegExp(page)) || { groups: { page: "" } }).groups.page;
  const numberOf = (text) => (/^\d[\d,]*$/.test(text) ? Number(text.replace(/,/g, "")) : null);

  const look = () => {
    const table = tables.find((selector) => document.querySelector(selector)) ?? "";
    const node = table ? document.querySelector(table) : null;
    const text = textOutside((element) => element === node);
    const stop = stopMark(text, question);
    const isPage = (!page && !pageAt) || numberOf(pageAt ? textAt(pageAt) : printedPage(text)) === pageNo;
    // Under a header of its own a list of no rows may have no table at all.
    const isEmpty = !node && empty !== "" && text.includes(empty);
    const isBusy = idle !== "" && Array.from(document.querySelectorAll(idle)).some((e) => e.getClientRects().length > 0);
    // One layer serves every record: until its answer comes it shows the one before.
    const isOwn = Object.entries(labels).every(([label, wanted]) => saidAt(label, wanted) === wanted);
    const isThere = (Boolean(node) || isEmpty) && isPage && isOwn && !isBusy;
    const isDone = document.readyState !== "loading" && (stop !== "" || isThere);
    return { table, node, text, stop, isPage, isEmpty, isBusy, isDone };
  };

  // A merged cell stands in every place that it covers, so that rows and titles keep their columns.
  const matrix = (node) => {
    const grid = Array.from(node.rows, () => []);
    Array.from(node.rows).forEach((row, y) => {
      let x = 0;
      for (const cell of row.cells) {
        while (grid[y][x] !== undefined) x += 1;
        const text = clean(cell.textContent);
        const bottom = cell.rowSpan === 0 ? grid.length : Math.min(y + cell.rowSpan, grid.length);
        for (let down = y; down < bottom; down += 1) {
          for (let right = x; right < x + cell.colSpan; right += 1) grid[down][right] = text;
        }
        x += cell.colSpan;
      }
    });
    // A row to leave out keeps its place and loses its texts.
    return grid.map((cells, y) =>
      Array.from(cells, (text) => (leaveOut && node.rows[y].matches(leaveOut) ? "" : text ?? "")),
    );
  };

  let seen = look();
  while (!seen.isDone && performance.now() < deadline) {
    await pauseShortly();
    seen = look();
  }
  const header = headers.find((selector) => document.querySelector(selector)) ?? "";
  const read = [header ? document.querySelector(header) : null, seen.node].filter(Boolean);
  return JSON.stringify({
    hasTable: Boolean(seen.node) || seen.isEmpty,
    table: seen.table,
    header,
    isPage: seen.isPage,
    isBusy: seen.isBusy,
    pages: pagesAt ? numberOf(textAt(pagesAt)) : null,
    stop: seen.stop,
    text: seen.text,
    labels: Object.fromEntries(Object.entries(labels).map(([label, wanted]) => [label, saidAt(label, wanted)])),
    headers: read.flatMap((node) => Array.from(node.rows, (row) => row.querySelector(":scope > th") !== null)),
    rows: read.flatMap(matrix),
    html: asShown ? (within && document.querySelector(within) || document.documentElement).outerHTML : "",
    above: read.length > 1 ? read[0].rows.length : 0,
  });
}
