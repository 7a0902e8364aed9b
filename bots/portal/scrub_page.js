/* Hide what evidence must not show; the answer is every text that is left.
   In tables, and in lists that only look like tables, a cell is shown only under, or beside, a title of the
   recipe that is not personal: a renamed or unknown title hides its cells. Inputs, scripts, comments and
   tooltips may hold anything and are emptied. With ``html`` that text is scrubbed, which runs nothing of it,
   and not the page itself. */
({ shown, personal, drawn, html }) => {
  /* Rows without their table would be read as plain text. */
  const whole = (text) => (/^\s*<t(r|body)\b/i.test(text) ? `<table>${text}</table>` : text);
  const root = html === undefined ? document : new DOMParser().parseFromString(whole(html), "text/html");
  const plain = (text) => text.normalize("NFKC").replace(/\s+/g, "").replace(/:$/, "");
  const STRUCTURE = ["class", "id", "name", "role", "type", "colspan", "rowspan"];
  const hide = (cell) => {
    const walker = root.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (walker.currentNode.nodeValue.trim()) walker.currentNode.nodeValue = "**";
    for (const element of [cell, ...cell.querySelectorAll("*")]) {
      for (const name of element.getAttributeNames()) if (!STRUCTURE.includes(name)) element.removeAttribute(name);
    }
  };

  /* Cells with the columns that they cover: cells that span rows push those below them to the right. */
  const placed = (table) => {
    const taken = [];
    return Array.from(table.rows, (row, y) => {
      let x = 0;
      return Array.from(row.cells, (cell) => {
        while (taken[y]?.[x]) x += 1;
        const columns = Array.from({ length: cell.colSpan }, (_, i) => x + i);
        for (let below = y; below < y + (cell.rowSpan || table.rows.length); below += 1) {
          for (const column of columns) (taken[below] ||= [])[column] = true;
        }
        return { cell, columns, title: plain(cell.textContent), isLayout: cell.querySelector("table") !== null };
      });
    });
  };

  const hideCells = (table) => {
    let heads = null;
    for (const row of placed(table)) {
      const isHeader = row.length > 0 && row.every(({ cell }) => cell.nodeName === "TH");
      if (isHeader) heads ||= [];
      row.forEach(({ cell, columns, title, isLayout }, i) => {
        if (isHeader) for (const column of columns) heads[column] = title;
        if (isHeader || isLayout) return;
        const isLabel = !heads && (cell.nodeName === "TH" || shown.includes(title) || personal.includes(title));
        const isKnown = heads
          ? columns.every((column) => shown.includes(heads[column]))
          : i > 0 && shown.includes(row[i - 1].title);
        if (!isLabel && !isKnown) hide(cell);
      });
    }
  };

  /* Rows of a list that is no table: where their cells and the titles are not equally many, all are hidden. */
  const hideDrawn = (root, { rows, cells, headers }) => {
    const heads = Array.from(root.querySelectorAll(headers), (head) => plain(head.textContent));
    for (const row of root.querySelectorAll(rows)) {
      const found = Array.from(row.querySelectorAll(cells));
      const isKnown = (i) => found.length === heads.length && shown.includes(heads[i]);
      found.forEach((cell, i) => isKnown(i) || hide(cell));
    }
  };
  const ROLES = { rows: "[role=row]", cells: "[role=gridcell],[role=cell],[role=rowheader]", headers: "[role=columnheader]" };

  for (const table of root.querySelectorAll("table")) hideCells(table);
  for (const list of drawn) hideDrawn(root, list);
  for (const grid of root.querySelectorAll("[role=grid],[role=treegrid],[role=table]")) hideDrawn(grid, ROLES);
  for (const value of root.querySelectorAll("dd")) {
    const label = value.previousElementSibling;
    if (!label || label.nodeName !== "DT" || !shown.includes(plain(label.textContent))) hide(value);
  }
  for (const script of root.querySelectorAll("script,noscript,template")) script.textContent = "";
  for (const input of root.querySelectorAll("input,textarea")) {
    if (["button", "submit", "reset", "image"].includes(input.type)) continue;
    if (input.value) input.value = "**";
    if (input.hasAttribute("value")) input.setAttribute("value", input.value);
    if (input.nodeName === "TEXTAREA") input.textContent = input.value;
  }
  for (const element of root.querySelectorAll("*")) {
    for (const name of element.getAttributeNames()) {
      if (/^(title|alt|placeholder|data-.*|on.*)$/.test(name)) element.removeAttribute(name);
    }
  }
  const walker = root.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_COMMENT);
  const texts = new Set();
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (node.nodeType === Node.COMMENT_NODE) node.nodeValue = "";
    else if (node.nodeValue.trim()) texts.add(node.nodeValue);
  }
  return { texts: Array.from(texts), html: root.documentElement.outerHTML };
}
