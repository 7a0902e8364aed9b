// 佣金结算: five statements a page; a double click opens the lines, a link that hovering shows brings the file.
X.PAGE_ROWS = 5;

X.headRow = function (table, columns) {
  var row = X.el("tr", "", X.el("thead", "", table));
  columns.forEach(function (column) {
    var cell = X.el("th", column.kind === "money" ? "x-align-right" : "", row);
    X.el("span", "x-column-header-text", cell, column.text);
  });
  return row;
};

X.StatementGrid = function (parent) {
  var grid = this;
  var bar = X.el("div", "x-toolbar", parent);
  this.period = "";
  X.combo("结算月份：", bar, FACTS.months, function (text) {
    grid.period = text === FACTS.months[0] ? "" : text;
    grid.load(1);
  });
  X.el("span", "x-toolbar-text", bar, "双击一行查看明细");
  this.panel = X.el("div", "x-panel x-plain-grid", parent);
  this.panel.setAttribute("role", "grid");
  this.buildPaging(X.el("div", "x-toolbar x-toolbar-docked-bottom x-toolbar-paging", parent));
  this.load(1);
};

X.StatementGrid.prototype.buildPaging = function (bar) {
  var grid = this;
  this.previous = X.button("上一页", bar, function () { grid.load(grid.page - 1); });
  X.el("span", "x-toolbar-text", bar, "第");
  this.input = X.el("input", "x-form-field x-form-text x-tbar-page-number", bar);
  this.input.style.cssText = "width:40px;border:1px solid #b5c6d4";
  this.input.setAttribute("aria-label", "页码");
  this.input.addEventListener("keydown", function (event) {
    var page = parseInt(grid.input.value, 10);
    if (event.key === "Enter" && page && !grid.isLoading) { grid.load(Math.max(1, Math.min(page, grid.pages))); }
  });
  this.pagesText = X.el("span", "x-toolbar-text", bar, "");
  this.next = X.button("下一页", bar, function () { grid.load(grid.page + 1); });
  X.el("div", "x-toolbar-fill", bar);
  this.range = X.el("div", "x-toolbar-text", bar, "");
  this.page = this.pages = 1;
};

X.StatementGrid.prototype.load = function (page) {
  var grid = this, start = (page - 1) * X.PAGE_ROWS;
  var mask = X.mask(this.panel, "加载中…");
  var settle = function () {
    mask.remove();
    grid.isLoading = false;
    X.disable(grid.previous, grid.page <= 1);
    X.disable(grid.next, grid.page >= grid.pages);
  };
  this.isLoading = true;
  X.disable(this.previous, true);
  X.disable(this.next, true);
  var fields = { start: start, limit: X.PAGE_ROWS, page: page, period: this.period };
  X.post("batch.action", fields, function (answer) {
    if (!answer.success) { settle(); X.alert("错误", answer.msg); return; }
    grid.page = page;
    grid.pages = Math.max(1, Math.ceil(answer.total / X.PAGE_ROWS));
    grid.show(answer.root);
    var last = start + answer.root.length;
    grid.input.value = page;
    grid.pagesText.textContent = "页，共 " + grid.pages + " 页";
    grid.range.textContent = "显示 " + (last ? start + 1 : 0) + " - " + last + "，共 " + answer.total + " 条";
    settle();
  }, settle);
};

X.StatementGrid.prototype.show = function (records) {
  this.panel.textContent = "";
  var table = X.el("table", FACTS.batchClass + " x-plain-table", this.panel);
  X.el("th", "", X.headRow(table, FACTS.statementColumns), "");
  var body = X.el("tbody", "", table);
  records.forEach(function (record) {
    var row = X.el("tr", "x-grid-row x-batch-row", body);
    row.setAttribute("role", "row");
    FACTS.statementColumns.forEach(function (column) {
      var cell = X.el("td", column.kind === "money" ? "x-align-right" : "", row, X.cellText(column, record));
      cell.setAttribute("role", "gridcell");
    });
    var link = X.el("a", "x-action-link", X.el("td", "", row), "下载");
    link.href = "statementFile.action?batchNo=" + encodeURIComponent(record.batchNo);
    row.addEventListener("dblclick", function () { X.openStatement(record.batchNo); });
  });
};

X.openStatement = function (batchNo) {
  var mask = X.mask(document.body, "加载中…");
  X.post("statement.action", { batchNo: batchNo }, function (answer) {
    mask.remove();
    if (!answer.success) { X.alert("错误", answer.msg); return; }
    var box = X.window("结算明细 " + batchNo, "x-statement-window");
    X.button("关闭", box.footer, box.close);
    X.fillStatement(X.el("table", FACTS.linesClass + " x-plain-table", box.body), answer);
  }, function () { mask.remove(); });
};

X.fillStatement = function (table, answer) {
  var columns = FACTS.lineColumns;
  X.headRow(table, columns);
  var body = X.el("tbody", "", table);
  answer.root.forEach(function (record) {
    var row = X.el("tr", "", body);
    columns.forEach(function (column) {
      X.el("td", column.kind === "money" ? "x-align-right" : "", row, X.cellText(column, record));
    });
  });
  var foot = X.el("tr", "x-grid-row-summary", X.el("tfoot", "", table));
  var sums = { lineNo: "合计", policyNo: "共 " + answer.sums.lineCount + " 笔", amount: X.money(answer.sums.amount) };
  columns.forEach(function (column) {
    X.el("td", column.kind === "money" ? "x-align-right" : "", foot, sums[column.dataIndex] || "");
  });
};
