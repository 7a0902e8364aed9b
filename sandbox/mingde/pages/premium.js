// 保费查询: a grid of two halves that holds forty row elements each, whatever the store counts.
X.ROW_HEIGHT = 27;
X.ROWS = 40;
X.LEAD = 10;

X.GridHalf = function (grid, columns, kind, parent) {
  this.grid = grid;
  this.columns = columns;
  this.width = columns.reduce(function (sum, column) { return sum + column.width; }, 0);
  var inner = X.el("div", "x-grid-inner x-grid-inner-" + kind, parent);
  this.headerCt = X.el("div", "x-grid-header-ct", inner);
  var row = X.el("div", "x-grid-header-row", this.headerCt);
  row.setAttribute("role", "row");
  row.style.width = this.width + "px";
  columns.forEach(function (column) {
    var header = X.el("div", "x-column-header", row);
    header.id = X.id("gridcolumn");
    header.setAttribute("role", "columnheader");
    header.style.width = column.width + "px";
    X.el("span", "x-column-header-text", header, column.text).id = header.id + "-textEl";
  });
  this.view = X.el("div", FACTS.viewClass + " x-grid-view-any", inner);
  this.view.id = X.id("tableview");
  this.view.tabIndex = -1;
  this.container = X.el("div", "x-grid-item-container", this.view);
  this.container.style.width = this.width + "px";
  if (kind === "locked") { inner.style.width = this.width + 2 + "px"; }
  this.pool = [];
};

X.GridHalf.prototype.item = function () {
  var table = X.el("table", "", this.container), half = this;
  var row = X.el("tr", "x-grid-row", X.el("tbody", "", table));
  table.id = X.id("tableview") + "-record";
  table.setAttribute("role", "presentation");
  table.style.position = "absolute";
  table.style.left = "0";
  table.style.width = this.width + "px";
  row.setAttribute("role", "row");
  this.columns.forEach(function (column) {
    var cell = X.el("td", "x-grid-cell", row);
    cell.setAttribute("role", "gridcell");
    cell.style.width = column.width + "px";
    cell.classList.toggle("x-align-right", column.kind === "money");
    cell.classList.toggle("x-grid-cell-rownumber", column.kind === "rownumber");
    X.el("div", "x-grid-cell-inner", cell);
  });
  table.addEventListener("click", function () { half.grid.select(+table.dataset.recordindex); });
  return table;
};

// Elements are recycled: the one that showed record 3 shows record 43 next, so their order is not the list's.
X.GridHalf.prototype.render = function (first, last) {
  var store = this.grid.store, index, table;
  this.container.style.height = (store.total || 0) * X.ROW_HEIGHT + "px";
  var kept = {};
  for (index = first; index < last; index++) {
    var record = store.at(index);
    if (record === null) { continue; }
    var place = index % X.ROWS;
    table = this.pool[place] = this.pool[place] || this.item();
    if (!table.parentNode) { this.container.appendChild(table); }
    kept[place] = true;
    this.fill(table, index, record);
  }
  this.pool.forEach(function (node, place) { if (!kept[place]) { node.remove(); } });
};

X.GridHalf.prototype.fill = function (table, index, record) {
  table.dataset.recordindex = index;
  table.style.top = index * X.ROW_HEIGHT + "px";
  table.className = FACTS.itemClass + " x-grid-any" + (index % 2 ? " x-grid-alt" : "") +
    (index === this.grid.selected ? " x-grid-item-selected" : "");
  var cells = table.querySelectorAll(".x-grid-cell-inner");
  this.columns.forEach(function (column, place) {
    var text = record ? X.cellText(column, record) : place === 0 ? "加载中…" : "";
    cells[place].textContent = record && column.kind === "rownumber" ? String(index + 1) : text;
  });
};

X.PremiumGrid = function (parent) {
  var grid = this;
  var bar = X.el("div", "x-toolbar", parent);
  bar.setAttribute("role", "toolbar");
  this.begin = X.dateField("应缴日期：", bar);
  this.end = X.dateField("至：", bar);
  X.button("查询", bar, function () { grid.query(); });
  X.button("重置", bar, function () { grid.begin.set(""); grid.end.set(""); });
  this.panel = X.el("div", "x-panel x-grid x-grid-locking", parent);
  this.panel.setAttribute("role", "grid");
  this.panel.id = X.id("gridpanel");
  var isLocked = function (column) { return column.locked; };
  var isFree = function (column) { return !column.locked; };
  this.locked = new X.GridHalf(this, FACTS.premiumColumns.filter(isLocked), "locked", this.panel);
  this.normal = new X.GridHalf(this, FACTS.premiumColumns.filter(isFree), "normal", this.panel);
  var bottom = X.el("div", "x-toolbar x-toolbar-docked-bottom", parent);
  this.range = X.el("div", "x-toolbar-text", bottom, "");
  X.el("div", "x-toolbar-fill", bottom);
  this.sum = X.el("div", "x-toolbar-text", bottom, "");
  this.store = new X.BufferedStore("premium.action", function () { grid.loaded(); },
    function () { grid.unmask(); });
  this.selected = -1;
  this.listen();
  this.query();
};

X.PremiumGrid.prototype.listen = function () {
  var grid = this, timer = 0, locked = this.locked, normal = this.normal;
  normal.view.addEventListener("scroll", function () {
    normal.headerCt.scrollLeft = normal.view.scrollLeft;
    if (locked.view.scrollTop !== normal.view.scrollTop) { locked.view.scrollTop = normal.view.scrollTop; }
    clearTimeout(timer);
    timer = setTimeout(function () { grid.refresh(); }, 60);
  });
  locked.view.addEventListener("scroll", function () {
    if (locked.view.scrollTop !== normal.view.scrollTop) { normal.view.scrollTop = locked.view.scrollTop; }
    if (locked.view.scrollTop > normal.view.scrollTop) { locked.view.scrollTop = normal.view.scrollTop; }
  });
  window.addEventListener("resize", function () { grid.refresh(); });
};

X.PremiumGrid.prototype.query = function () {
  if (!this.begin.isValid() || !this.end.isValid()) { X.alert("提示", "日期格式错误，应为 年-月-日"); return; }
  this.store.reload({ begin: this.begin.value, end: this.end.value });
  this.selected = -1;
  this.normal.view.scrollTop = this.locked.view.scrollTop = 0;
  if (!this.mask) { this.mask = X.mask(this.panel, "加载中…"); }
  this.store.want(0, X.ROWS);
};

X.PremiumGrid.prototype.loaded = function () {
  this.unmask();
  this.refresh();
};

// What failed to come is asked for again by the next scroll, not before.
X.PremiumGrid.prototype.unmask = function () {
  if (this.mask) { this.mask.remove(); this.mask = null; }
};

X.PremiumGrid.prototype.select = function (index) {
  this.selected = index;
  this.refresh();
};

// A hidden tab has no height and keeps what it shows. The locked half follows a moment later.
X.PremiumGrid.prototype.refresh = function () {
  var store = this.store, locked = this.locked;
  if (store.total === null || !this.normal.view.clientHeight) { return; }
  var top = Math.floor(this.normal.view.scrollTop / X.ROW_HEIGHT) - X.LEAD;
  var first = Math.max(0, Math.min(top, store.total - X.ROWS));
  var last = Math.min(first + X.ROWS, store.total);
  this.normal.render(first, last);
  clearTimeout(this.follow);
  this.follow = setTimeout(function () { locked.render(first, last); }, 30);
  this.range.textContent = "显示第 " + (last ? first + 1 : 0) + " - " + last + " 条，共 " + store.total + " 条";
  this.sum.textContent = "实收保费合计：" + X.money(store.received) + " 元";
  this.showEmpty(store.total === 0);
  store.want(first, last);
};

X.PremiumGrid.prototype.showEmpty = function (isEmpty) {
  if (this.empty) { this.empty.remove(); this.empty = null; }
  if (isEmpty) { this.empty = X.el("div", "x-grid-empty", this.normal.view, "没有符合条件的记录"); }
};
