/* Read a virtual grid from record `start` on, a batch of records in one call: scroll, wait until the records in
   sight are whole and stand still, take them, scroll on. A grid draws few row elements and uses them again, so
   a record is known by its number alone, and its halves (frozen columns) are joined by it. */
async (question) => {
  const { rows, index, cells, headers, scroller, loading, start, batch, count, lead: known, settle, timeout } = question;
  const stillMs = 40;
  const patienceMs = 1000;
  const began = performance.now();

  const used = { rows: rows[0], cells: cells[0], headers: firstThere(headers), scroller: scroller[0] };
  const drawn = () => {
    used.rows = firstThere(rows);
    const elements = document.querySelectorAll(used.rows);
    used.cells = firstThere(cells, elements);
    const found = new Map();
    for (const row of elements) {
      const number = Number(row.getAttribute(index));
      if (!found.has(number)) found.set(number, []);
      found.get(number).push(row);
    }
    // While one half lags behind, a record with fewer halves than others is not there yet.
    const halves = Math.max(0, ...Array.from(found.values(), (each) => each.length));
    for (const [number, each] of found) if (each.length < halves) found.delete(number);
    return found;
  };
  const texts = (halves) => halves.flatMap((half) => Array.from(half.querySelectorAll(used.cells), (c) => clean(c.textContent)));
  const titles = Array.from(document.querySelectorAll(used.headers), (head) => clean(head.textContent));
  const isLoading = (values) => Boolean(loading) && values.some((value) => value.includes(loading));

  /* The unbroken run from record `next` on: every half is there and none is still loading. */
  const wholeRun = (found, next) => {
    const whole = [];
    for (let number = next; found.has(number); number += 1) {
      const values = texts(found.get(number));
      if (values.length !== titles.length || isLoading(values)) break;
      whole.push(values);
    }
    return whole;
  };

  /* Where a record stands or would stand, measured from what is drawn now. */
  const box = () => Array.from(document.querySelectorAll((used.scroller = firstThere(scroller)))).pop();
  const measure = (found) => {
    const numbers = [...found.keys()];
    const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
    const place = (number) => found.get(number)[0].getBoundingClientRect();
    const pitch = last > first ? (place(last).top - place(first).top) / (last - first) : place(first).height;
    return { first, pitch, above: box().getBoundingClientRect().top - place(first).top };
  };

  /* Grids draw some rows before the first one in sight: scroll past it by as many, and none is drawn twice. */
  let lead = known;
  let firstBefore = -1;
  const scroll = (found, next) => {
    const view = box();
    if (!view || !found.size) return;
    const { first, pitch, above } = measure(found);
    const wanted = view.scrollTop - above + (next + lead - first) * pitch;
    const top = Math.max(0, Math.min(wanted, view.scrollHeight - view.clientHeight));
    if (Math.abs(view.scrollTop - top) <= 1) return;
    view.scrollTop = top;
    firstBefore = first;
  };
  const learnLead = (found) => {
    if (!box()) return;
    const { first, pitch, above } = measure(found);
    if (first > 0 && first !== firstBefore) lead = Math.max(0, Math.floor(above / pitch + 0.1));
  };

  const taken = [];
  const html = [];
  const claims = [];
  let text = "";
  let stop = "";
  let found = new Map();
  let next = start;
  let progressed = began;
  let before = null;
  let since = began;
  let still = settle || stillMs;
  for (;;) {
    scroll(drawn(), next);
    await pauseShortly();
    const now = performance.now();
    text = textOutside((node) => node.matches(used.rows));
    stop = stopMark(text, question);
    if (stop) break;
    found = drawn();
    const printed = count ? text.match(new RegExp(count)) : null;
    const total = printed ? Number(printed.groups.count.replace(/,/g, "")) : Infinity;
    const whole = wholeRun(found, next).slice(0, start + batch - next);
    const state = JSON.stringify([total, whole]);
    if (state !== before) [before, since] = [state, now];
    if (now - since >= still && (whole.length || next >= total)) {
      if (!claims.length) claims.push(text);
      whole.forEach((_, place) => html.push(found.get(next + place).map((half) => half.outerHTML).join("")));
      taken.push(...whole);
      next += whole.length;
      [progressed, still] = [now, stillMs];
      if (whole.length) learnLead(found);
      if (next >= Math.min(start + batch, total)) break;
    }
    if (now - progressed > timeout || (taken.length && (now - progressed > patienceMs || now - began > timeout))) break;
    if (now - progressed > patienceMs / 2 && !found.has(next)) lead = 0;
  }
  const stuck = found.has(next) ? texts(found.get(next)) : [];
  return JSON.stringify({
    stop,
    texts: [claims[0] || text, text],
    titles,
    lead,
    rows: taken,
    html: html.join("\n"),
    used,
    drawn: found.size,
    stuck: { cells: stuck.length, isLoading: isLoading(stuck) },
  });
}
