const WIDTHS = { customer_no: 110, phone: 120, wechat: 110, gender: 50, birth_date: 105, city: 60, source: 70, intent: 50, created_at: 145, last_contact_at: 145, remark: 200 };
let columns = [];
let cursor = "";
let searched = "";
let isLoading = false;
let round = 0;
let watcher = null;

async function showCustomers() {
  const layout = await callJson("api/layout");
  columns = layout.columns;
  show("customers-view");
  byId("grid").id = layout.grid;
  document.querySelector("[role=grid]").className = layout.grid;
  byId("scroller").style.setProperty("--widths", columns.map((column) => `${WIDTHS[column.key] || 90}px`).join(" "));
  wireList();
  wireDialogs();
  watcher = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && loadBatch(), { root: byId("scroller") });
  startList("");
}

function wireList() {
  byId("search-form").onsubmit = (event) => {
    event.preventDefault();
    startList(byId("search").value.trim());
  };
  byId("retry").onclick = loadBatch;
  byId("save-note").onclick = () => saveNote().catch(() => {});
  byId("drawer-close").onclick = goToList;
  byId("logout").onclick = () => post("api/logout", {}).then(() => showLogin("您已退出登录"), () => {});
  document.querySelector("[role=grid]").onclick = (event) => {
    const row = event.target.closest(".row");
    if (!row) return;
    history.pushState({}, "", `app#customers/${row.dataset.id}`);
    openDrawer(row.dataset.id);
  };
}

function startList(text) {
  searched = text;
  cursor = "";
  isLoading = false;
  round += 1;
  const head = element("div", "head", "");
  head.setAttribute("role", "row");
  columns.forEach((column) => head.append(cell("columnheader", column.title)));
  document.querySelector("[role=grid]").replaceChildren(head);
  byId("total").textContent = "";
  watchAgain();
}

/* An observer tells of changes only: a sentinel that never left the view must be watched anew. */
function watchAgain() {
  watcher.disconnect();
  if (cursor !== null) watcher.observe(byId("sentinel"));
}

async function loadBatch() {
  if (isLoading || cursor === null) return;
  const mine = round;
  isLoading = true;
  byId("retry").hidden = true;
  byId("list-state").textContent = "加载中……";
  try {
    const asked = new URLSearchParams({ cursor, limit: 30, q: searched });
    const batch = await callJson(`api/customers?${asked}`);
    if (mine !== round) return;
    addBatch(batch);
  } catch (error) {
    if (mine !== round || !byId("retry")) return;
    byId("list-state").textContent = "加载失败 ";
    byId("retry").hidden = false;
    isLoading = false;
  }
}

function addBatch(batch) {
  document.querySelector("[role=grid]").append(...batch.items.map(customerRow));
  byId("total").textContent = `共 ${batch.total} 位客户`;
  cursor = batch.next_cursor;
  byId("list-state").textContent = cursor === null ? "没有更多了" : "";
  isLoading = false;
  watchAgain();
}

function customerRow(item) {
  const row = element("div", "row", "");
  row.setAttribute("role", "row");
  row.dataset.id = item.id;
  columns.forEach((column) => row.append(cell("gridcell", item[column.key] ?? "")));
  return row;
}

function cell(role, text) {
  const node = element("div", "", text);
  node.setAttribute("role", role);
  return node;
}

function leaveCustomers() {
  round += 1;
  wanted = "";
  if (watcher) watcher.disconnect();
}

function goToList() {
  closeDrawer();
  history.pushState({}, "", "app#customers");
}
