/* The address that the link of one row leads to, read without going there. Answers what is wrong, and the address.
   The link is clicked, and what it asks the browser for is noted instead of done. */
async (question) => {
  const { trouble, target } = findRowLink(question);
  if (trouble) return [trouble, ""];
  if (target.form && ["submit", "image"].includes(target.type)) return ["submit", ""];
  // Without entries the browser tells no navigation.
  if (!window.navigation?.currentEntry) return ["unwatched", ""];

  const reachable = (view) => {
    try {
      return view.document ? [view, ...Array.from(view, reachable).flat()] : [];
    } catch {
      return [];
    }
  };
  const views = [...new Set([window, ...reachable(window.top)])];
  const asked = { windows: [], pages: [], submits: false, late: false };
  let isInTimer = false;
  const note = (list, address) => {
    if (isInTimer) asked.late = true;
    else list.push(new URL(address, document.baseURI).href);
  };
  // The link's script may speak to the window that it gets.
  const open = (address) => {
    note(asked.windows, address || "about:blank");
    return { focus() {}, blur() {}, close() {}, moveTo() {}, resizeTo() {} };
  };
  const submit = (event) => {
    asked.submits = true;
    event?.preventDefault();
  };

  /* Hold back windows, pages and forms, and with them what timers ask for later. Answers how to let go. */
  const hold = (timers) => {
    const undo = [];
    const swap = (object, name, value) => {
      const own = Object.getOwnPropertyDescriptor(object, name);
      Object.defineProperty(object, name, { value, configurable: true, writable: true });
      undo.unshift(() => (own ? Object.defineProperty(object, name, own) : delete object[name]));
    };
    const listen = (object, name, listener) => {
      object?.addEventListener(name, listener, true);
      undo.unshift(() => object?.removeEventListener(name, listener, true));
    };
    const navigate = (event) => {
      if (/^https?:/.test(event.destination.url) && !event.hashChange) note(asked.pages, event.destination.url);
      event.preventDefault();
    };
    for (const view of views) {
      // In a handler written into the page ``open`` alone is the document's.
      for (const object of [view, view.document]) swap(object, "open", open);
      for (const name of ["submit", "requestSubmit"]) swap(view.HTMLFormElement.prototype, name, () => submit());
      swap(view.HTMLAnchorElement.prototype, "click", function click() {
        note(asked.windows, this.href);
      });
      listen(view, "submit", submit);
      listen(view.navigation, "navigate", navigate);
      for (const name of timers) {
        const start = view[name];
        swap(view, name, (work, ...rest) => start.call(view, later(view, work), ...rest));
      }
    }
    return () => undo.forEach((step) => step());
  };
  const later = (view, work) => {
    const run = typeof work === "function" ? work : new view.Function(work);
    return (...given) => {
      const release = hold([]);
      isInTimer = true;
      try {
        run(...given);
      } finally {
        isInTimer = false;
        release();
      }
    };
  };

  const wait = window.setTimeout.bind(window);
  const isSilent = () => !asked.windows.length && !asked.pages.length && !asked.submits && !asked.late;
  const aim = target.getAttribute("target");
  const release = hold(["setTimeout", "setInterval", "requestAnimationFrame"]);
  try {
    // A link to a new window would lead past us.
    if (target.matches("a")) target.setAttribute("target", "_self");
    HTMLElement.prototype.click.call(target);
    const deadline = performance.now() + 1000;
    // The script of a javascript: address runs when we have given way.
    do await new Promise((resolve) => wait(resolve, 0));
    while (isSilent() && performance.now() < deadline);
  } finally {
    release();
    if (aim !== null) target.setAttribute("target", aim);
    else if (target.matches("a")) target.removeAttribute("target");
  }
  if (asked.submits) return ["submit", ""];
  if (asked.late) return ["later", ""];
  const found = new Set(asked.windows.length ? asked.windows : asked.pages);
  const [address] = found;
  return found.size === 1 && /^https?:/.test(address) ? ["", address] : ["window", ""];
}
