/* Scroll until the rows from `start` on are there (a batch of them, or all that the page claims), then answer them.
   `attributes` are columns that stand in the row's own element. */
async (question) => {
  const { rows, cells, headers, attributes, start, batch, count, timeout } = question;
  const deadline = performance.now() + timeout;
  const look = () => {
    const rowsAt = firstThere(rows);
    const found = Array.from(document.querySelectorAll(rowsAt));
    const text = textOutside((node) => node.matches(rowsAt));
    const printed = count ? text.match(new RegExp(count)) : null;
    const total = printed ? Number(printed.groups.count.replace(/,/g, "")) : Infinity;
    const stop = stopMark(text, question);
    return { rowsAt, found, text, stop, isDone: stop !== "" || found.length >= Math.min(start + batch, total) };
  };
  /* Whatever scrolls around the rows goes to its end: what asks for more rows stands below the last of them. */
  const scroll = (row) => {
    for (let box = row.parentElement; box; box = box.parentElement) box.scrollTop = box.scrollHeight;
  };

  let seen = look();
  while (!seen.isDone && performance.now() < deadline) {
    if (seen.found.length) scroll(seen.found[seen.found.length - 1]);
    await pauseShortly();
    seen = look();
  }
  const slice = seen.found.slice(start, start + batch);
  const used = { rows: seen.rowsAt, cells: firstThere(cells, slice), headers: firstThere(headers) };
  const hidden = Object.values(attributes);
  const texts = (row) => [
    ...Array.from(row.querySelectorAll(used.cells), (cell) => clean(cell.textContent)),
    ...hidden.map((name) => clean(row.getAttribute(name) ?? "")),
  ];
  return JSON.stringify({
    stop: seen.stop,
    text: seen.text,
    titles: [...Array.from(document.querySelectorAll(used.headers), (head) => clean(head.textContent)), ...Object.keys(attributes)],
    rows: slice.map(texts),
    used,
    html: slice.map((row) => row.outerHTML).join("\n"),
  });
}
