/* Hide what evidence must not show: cells of personal columns, ID numbers, phones, typed and echoed secrets. */
({ titles, secrets }) => {
  const clean = (text) => text.replace(/\s+/g, " ").trim();
  const hidden = (text) => (clean(text) ? clean(text).slice(0, 1) + "**" : text);
  for (const table of document.querySelectorAll("table")) {
    let personal = [];
    for (const row of table.rows) {
      const cells = Array.from(row.cells).filter((c) => !c.querySelector("table"));
      const named = cells.map((c, i) => (titles.includes(clean(c.textContent).replace(/[:：]$/, "")) ? i : -1)).filter((i) => i >= 0);
      const isHeader = cells.length > 0 && cells.every((c) => c.nodeName === "TH");
      const beside = named.map((i) => i + 1).filter((i) => !named.includes(i));
      for (const i of isHeader ? [] : named.length ? beside : personal) {
        if (cells[i] && cells[i].nodeName === "TD") cells[i].textContent = hidden(cells[i].textContent);
      }
      if (isHeader || named.length) personal = named;
    }
  }
  const mask = (text) => {
    for (const secret of secrets) text = text.split(secret).join("***");
    return text
      .replace(/(\d{6})\d{8}(\d{3}[\dXx])/g, "$1********$2")
      .replace(/(^|\D)(1[3-9]\d)\d{4}(\d{4})(?!\d)/g, "$1$2****$3");
  };
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const masked = mask(walker.currentNode.nodeValue);
    if (masked !== walker.currentNode.nodeValue) walker.currentNode.nodeValue = masked;
  }
  for (const input of document.querySelectorAll("input,textarea")) {
    const masked = input.type === "password" ? "" : mask(input.value);
    if (masked !== input.value) input.value = masked;
    if (input.hasAttribute("value")) input.setAttribute("value", masked);
  }
}
