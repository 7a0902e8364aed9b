// Elements with ids of the hour, buttons, windows, message boxes, and the one way to ask the server.
var X = { seq: 1000 + Math.floor(Math.random() * 8000) };

X.id = function (kind) {
  X.seq += 1 + Math.floor(Math.random() * 3);
  return kind + "-" + X.seq;
};

X.el = function (tag, cls, parent, text) {
  var node = document.createElement(tag);
  if (cls) { node.className = cls; }
  if (text !== undefined) { node.textContent = text; }
  if (parent) { parent.appendChild(node); }
  return node;
};

X.button = function (text, parent, handler) {
  var node = X.el("a", "x-btn", parent);
  node.id = X.id("button");
  node.setAttribute("role", "button");
  node.tabIndex = 0;
  X.el("span", "x-btn-inner", node, text).id = node.id + "-btnInnerEl";
  node.addEventListener("click", function () {
    if (!node.classList.contains("x-btn-disabled")) { handler(); }
  });
  return node;
};

X.disable = function (node, isDisabled) {
  node.classList.toggle("x-btn-disabled", isDisabled);
  node.setAttribute("aria-disabled", String(isDisabled));
};

X.mask = function (parent, text) {
  var mask = X.el("div", "x-mask", parent);
  X.el("div", "x-mask-msg", mask, text);
  return mask;
};

X.window = function (title, cls, onClose) {
  var mask = X.el("div", "x-mask x-mask-page", document.body);
  var node = X.el("div", "x-window " + (cls || ""), document.body);
  var header = X.el("div", "x-window-header", node);
  var box = {
    node: node, mask: mask,
    body: X.el("div", "x-window-body", node),
    footer: X.el("div", "x-window-footer", node),
    close: function () { node.remove(); mask.remove(); if (onClose) { onClose(); } }
  };
  node.id = X.id("window");
  node.setAttribute("role", "dialog");
  X.el("div", "x-window-header-text", header, title).id = node.id + "_header-title-textEl";
  X.el("div", "x-tool-close", header, "×").addEventListener("click", box.close);
  return box;
};

X.messageBox = null;

// There is one message box: a second message takes the place of the first.
X.alert = function (title, text, onClose) {
  if (X.messageBox) { X.messageBox.node.remove(); X.messageBox.mask.remove(); }
  var box = X.messageBox = X.window(title, "x-message-box", onClose);
  box.mask.classList.add("x-message-box-mask");
  box.node.id = X.id("messagebox");
  box.node.setAttribute("role", "alertdialog");
  X.el("div", "x-window-text", box.body, text);
  X.button("确定", box.footer, box.close);
};

X.isGone = false;

// A redirect to the login page is followed inside the XHR: the answer is then HTML where JSON should be.
X.sessionGone = function (html) {
  if (X.isGone) { return; }
  X.isGone = true;
  var notice = /<div id="notice" hidden>([^<]+)</.exec(html);
  var text = notice ? notice[1] : "会话已过期，请重新登录";
  X.alert("提示", text, function () { location.replace("login.action"); });
};

X.post = function (url, fields, onAnswer, onFailure) {
  var xhr = new XMLHttpRequest();
  var fail = function (text) {
    if (onFailure) { onFailure(); }
    if (!X.isGone) { X.alert("错误", text); }
  };
  xhr.open("POST", url);
  xhr.setRequestHeader("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8");
  xhr.setRequestHeader("X-Requested-With", "XMLHttpRequest");
  xhr.onerror = function () { fail("网络连接失败"); };
  xhr.onload = function () {
    if (xhr.status !== 200) { fail("请求失败（" + xhr.status + "），请稍后重试"); return; }
    var answer;
    try { answer = JSON.parse(xhr.responseText); } catch (error) { answer = null; }
    if (answer) { onAnswer(answer); return; }
    if (xhr.responseText.indexOf('<body class="x-login-page">') >= 0) { X.sessionGone(xhr.responseText); return; }
    fail("服务器返回异常，请稍后重试");
  };
  xhr.send(new URLSearchParams(fields).toString());
};

X.money = function (plain) {
  var parts = plain.split(".");
  return parts[0].replace(/\B(?=(\d{3})+$)/g, ",") + "." + parts[1];
};

X.cellText = function (column, record) {
  var value = record[column.dataIndex];
  if (value === null || value === undefined) { return ""; }
  return column.kind === "money" ? X.money(value) : value;
};
