/* Wait for a sheet of labels and values, then answer its pairs in one JSON text: cells in turn are label, value. */
async (question) => {
  const { tables, timeout } = question;
  const deadline = performance.now() + timeout;
  const look = () => {
    const table = tables.find((selector) => document.querySelector(selector)) ?? "";
    const node = table ? document.querySelector(table) : null;
    const text = textOutside((element) => element === node);
    const stop = stopMark(text, question);
    return { table, node, text, stop, isDone: document.readyState !== "loading" && (stop !== "" || Boolean(node)) };
  };
  let seen = look();
  while (!seen.isDone && performance.now() < deadline) {
    await pauseShortly();
    seen = look();
  }
  const rows = seen.node ? Array.from(seen.node.rows, (row) => Array.from(row.cells, (c) => clean(c.textContent))) : [];
  return JSON.stringify({
    hasTable: Boolean(seen.node),
    table: seen.table,
    stop: seen.stop,
    text: seen.text,
    rows,
    html: document.documentElement.outerHTML,
  });
}
