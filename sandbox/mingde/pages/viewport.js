// The frame of it all: header, menu tree, tabs that stay in the page while another one is shown.
X.MENU = [
  { text: "业务管理", leaves: [{ text: "保费查询", build: function (body) { return new X.PremiumGrid(body); } }] },
  { text: "佣金管理", leaves: [{ text: "佣金结算", build: function (body) { return new X.StatementGrid(body); } }] }
];

X.viewport = function () {
  var view = X.el("div", "x-viewport", document.body);
  var header = X.el("div", "x-header", view);
  X.el("span", "x-header-title", header, "明德养老 渠道管理系统");
  X.el("span", "x-header-user", header, "示例保险经纪有限公司　brokerflow");
  X.button("退出", header, function () { location.href = "logout.action"; });
  var body = X.el("div", "x-viewport-body", view);
  var tree = X.el("div", "x-panel x-tree-panel", body);
  X.el("div", "x-panel-header", tree, "功能菜单");
  var tabs = new X.TabPanel(X.el("div", "x-center", body));
  var welcome = X.el("div", "x-welcome", tabs.open("首页", false).body);
  X.el("div", "", welcome, "欢迎使用明德养老渠道管理系统，请从左侧菜单选择功能。");
  X.el("div", "", welcome, "演示环境 · 所有公司、人员与保单均为虚构");
  X.buildTree(X.el("div", "x-tree-view", tree), tabs);
};

// Leaves come into the page when their node is opened for the first time.
X.buildTree = function (parent, tabs) {
  parent.setAttribute("role", "tree");
  X.MENU.forEach(function (entry) {
    var node = X.el("div", "x-tree-node", parent);
    var expander = X.el("span", "x-tree-expander", node, "+");
    var leaves = null;
    X.el("span", "x-tree-node-text", node, entry.text);
    node.setAttribute("role", "treeitem");
    node.setAttribute("aria-expanded", "false");
    var toggle = function () {
      if (!leaves) {
        leaves = X.el("div", "x-tree-children x-hidden-offsets");
        node.after(leaves);
        entry.leaves.forEach(function (leaf) { X.treeLeaf(leaf, leaves, tabs); });
      }
      var isOpen = !leaves.classList.toggle("x-hidden-offsets");
      expander.textContent = isOpen ? "−" : "+";
      node.setAttribute("aria-expanded", String(isOpen));
    };
    expander.addEventListener("click", toggle);
    node.addEventListener("dblclick", function (event) { if (event.target !== expander) { toggle(); } });
  });
};

X.treeLeaf = function (leaf, parent, tabs) {
  var node = X.el("div", "x-tree-node x-tree-leaf", parent);
  X.el("span", "x-tree-node-text", node, leaf.text);
  node.setAttribute("role", "treeitem");
  node.addEventListener("click", function () {
    document.querySelectorAll(".x-tree-selected").forEach(function (other) {
      other.classList.remove("x-tree-selected");
    });
    node.classList.add("x-tree-selected");
    var tab = tabs.find(leaf.text);
    if (tab) { tabs.show(tab); return; }
    tab = tabs.open(leaf.text, true);
    tab.content = leaf.build(tab.body);
  });
};

X.TabPanel = function (parent) {
  this.bar = X.el("div", "x-tab-bar", parent);
  this.bar.setAttribute("role", "tablist");
  this.body = X.el("div", "x-tab-body", parent);
  this.tabs = [];
};

X.TabPanel.prototype.find = function (title) {
  return this.tabs.filter(function (tab) { return tab.title === title; })[0];
};

X.TabPanel.prototype.open = function (title, isClosable) {
  var panel = this, node = X.el("a", "x-tab", this.bar);
  var tab = { title: title, node: node, body: X.el("div", "x-tab-child", this.body) };
  node.id = X.id("tab");
  node.setAttribute("role", "tab");
  X.el("span", "x-tab-inner", node, title);
  tab.body.setAttribute("role", "tabpanel");
  node.addEventListener("click", function () { panel.show(tab); });
  if (isClosable) {
    X.el("span", "x-tab-close", node, "×").addEventListener("click", function (event) {
      event.stopPropagation();
      panel.close(tab);
    });
  }
  this.tabs.push(tab);
  this.show(tab);
  return tab;
};

X.TabPanel.prototype.show = function (shown) {
  this.tabs.forEach(function (tab) {
    tab.node.classList.toggle("x-tab-active", tab === shown);
    tab.node.setAttribute("aria-selected", String(tab === shown));
    tab.body.classList.toggle("x-hidden-offsets", tab !== shown);
  });
  if (shown.content && shown.content.refresh) { shown.content.refresh(); }
};

X.TabPanel.prototype.close = function (closed) {
  this.tabs = this.tabs.filter(function (tab) { return tab !== closed; });
  closed.node.remove();
  closed.body.remove();
  this.show(this.tabs[this.tabs.length - 1]);
};
