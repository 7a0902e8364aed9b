/* Wait until the page shows what is asked for, then answer everything about it in one JSON text.
   Runs inside the page: one call per page, however many cells the table has. */
async ({ table, labels, page, pageNo, stops, loginForm, timeout }) => {
  const clean = (text) => text.replace(/\s+/g, " ").trim();
  const deadline = performance.now() + timeout;

  const textOutside = (skipped) => {
    const root = document.body || document.documentElement;
    const filter = (node) =>
      node === skipped || /^(SCRIPT|STYLE|NOSCRIPT|OPTION)$/.test(node.nodeName)
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_ACCEPT;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, filter);
    const words = [];
    while (walker.nextNode()) {
      if (walker.currentNode.nodeType === Node.TEXT_NODE) words.push(walker.currentNode.nodeValue);
    }
    return clean(words.join(" "));
  };

  const valueBeside = (label) => {
    const cells = Array.from(document.querySelectorAll("th,td"));
    const cell = cells.find((c) => !c.querySelector("table") && clean(c.textContent).replace(/[:：]$/, "") === label);
    return cell && cell.nextElementSibling ? clean(cell.nextElementSibling.textContent) : null;
  };

  const look = () => {
    const node = table ? document.querySelector(table) : null;
    const text = textOutside(node);
    const stop = stops.find((mark) => text.includes(mark)) || (document.querySelector(loginForm) ? loginForm : "");
    const printed = page ? text.match(new RegExp(page)) : null;
    const isThere = node && (!page || (printed && Number(printed.groups.page.replace(/,/g, "")) === pageNo));
    return { node, text, stop, isDone: document.readyState !== "loading" && (stop !== "" || Boolean(isThere)) };
  };

  let seen = look();
  while (!seen.isDone && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    seen = look();
  }
  return JSON.stringify({
    hasTable: Boolean(seen.node),
    isDone: seen.isDone,
    stop: seen.stop,
    text: seen.text,
    labels: Object.fromEntries(labels.map((label) => [label, valueBeside(label)])),
    headers: seen.node ? Array.from(seen.node.rows, (row) => row.querySelector(":scope > th") !== null) : [],
    rows: seen.node ? Array.from(seen.node.rows, (row) => Array.from(row.cells, (c) => clean(c.textContent))) : [],
  });
}
