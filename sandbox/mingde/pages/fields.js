// Date fields with a picker and combo boxes with a list; both hang their pop-up on the body.
X.popup = null;

X.closePopup = function () {
  if (X.popup) { X.popup.remove(); X.popup = null; }
};

X.openPopup = function (cls, anchor) {
  X.closePopup();
  var place = anchor.getBoundingClientRect();
  X.popup = X.el("div", cls, document.body);
  X.popup.id = X.id(cls.replace("x-", ""));
  X.popup.style.left = place.left + "px";
  X.popup.style.top = place.bottom + 1 + "px";
  X.popup.addEventListener("mousedown", function (event) { event.stopPropagation(); event.preventDefault(); });
  return X.popup;
};

document.addEventListener("mousedown", X.closePopup);

X.field = function (label, parent, triggerCls, sign) {
  var node = X.el("div", "x-field x-form-item", parent);
  var caption = X.el("label", "x-form-item-label", node, label);
  var wrap = X.el("div", "x-form-trigger-wrap", node);
  var input = X.el("input", "x-form-field x-form-text", wrap);
  var id = X.id(triggerCls === "x-form-date-trigger" ? "datefield" : "combo");
  input.id = id + "-inputEl";
  input.name = input.id;
  input.autocomplete = "off";
  caption.htmlFor = input.id;
  var trigger = X.el("div", "x-form-trigger " + triggerCls, wrap, sign);
  trigger.addEventListener("mousedown", function (event) { event.stopPropagation(); event.preventDefault(); });
  return { node: node, wrap: wrap, input: input, trigger: trigger };
};

X.dateText = function (day) {
  var two = function (number) { return (number < 10 ? "0" : "") + number; };
  return day.getFullYear() + "-" + two(day.getMonth() + 1) + "-" + two(day.getDate());
};

X.parseDay = function (text) {
  var parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  var day = parts && new Date(+parts[1], parts[2] - 1, +parts[3]);
  return day && X.dateText(day) === text ? day : null;
};

// The field's value is what the component holds, not what stands in the input: it takes the text over on change.
X.dateField = function (label, parent) {
  var field = X.field(label, parent, "x-form-date-trigger", "▦");
  field.value = "";
  field.input.setAttribute("role", "combobox");
  field.input.placeholder = "年-月-日";
  field.isValid = function () { return !field.node.classList.contains("x-form-invalid"); };
  field.set = function (text) {
    field.input.value = text;
    field.node.classList.toggle("x-form-invalid", text !== "" && !X.parseDay(text));
    field.value = field.isValid() ? text : "";
  };
  field.input.addEventListener("change", function () { field.set(field.input.value.trim()); });
  field.trigger.addEventListener("click", function () {
    if (X.popup && X.popup.owner === field) { X.closePopup(); return; }
    X.datePicker(field);
  });
  return field;
};

X.datePicker = function (field) {
  var picker = X.openPopup("x-datepicker", field.wrap);
  var chosen = X.parseDay(field.value), shown = chosen || new Date();
  var year = shown.getFullYear(), month = shown.getMonth();
  picker.owner = field;
  var choose = function (day) { field.set(X.dateText(day)); X.closePopup(); };
  var header = X.el("div", "x-datepicker-header", picker);
  var previous = X.el("div", "x-datepicker-arrow x-datepicker-prev", header, "◀");
  var title = X.el("div", "x-datepicker-month", header);
  var next = X.el("div", "x-datepicker-arrow x-datepicker-next", header, "▶");
  var table = X.el("table", "x-datepicker-inner", picker);
  table.setAttribute("role", "grid");
  var draw = function () {
    title.textContent = year + "年" + (month + 1) + "月";
    table.textContent = "";
    var head = X.el("tr", "", X.el("thead", "", table));
    "日一二三四五六".split("").forEach(function (name) { X.el("th", "x-datepicker-column-header", head, name); });
    X.dayCells(X.el("tbody", "", table), year, month, chosen, choose);
  };
  var turn = function (step) {
    var day = new Date(year, month + step, 1);
    year = day.getFullYear(); month = day.getMonth();
    draw();
  };
  previous.addEventListener("click", function () { turn(-1); });
  next.addEventListener("click", function () { turn(1); });
  X.button("今天", X.el("div", "x-datepicker-footer", picker), function () { choose(new Date()); });
  draw();
};

// Six weeks, as such pickers show them: the same day number may stand there twice.
X.dayCells = function (body, year, month, chosen, choose) {
  var offset = new Date(year, month, 1).getDay(), row;
  for (var place = 0; place < 42; place++) {
    if (place % 7 === 0) { row = X.el("tr", "", body); }
    var day = new Date(year, month, 1 + place - offset);
    var isHere = day.getMonth() === month;
    var kind = isHere ? "x-datepicker-active" : place < offset ? "x-datepicker-prevday" : "x-datepicker-nextday";
    var cell = X.el("td", "x-datepicker-cell " + kind, row);
    cell.setAttribute("role", "gridcell");
    if (chosen && X.dateText(chosen) === X.dateText(day)) { cell.classList.add("x-datepicker-selected"); }
    X.el("div", "x-datepicker-date", cell, String(day.getDate()));
    cell.addEventListener("click", choose.bind(null, day));
  }
};

X.combo = function (label, parent, texts, onSelect) {
  var field = X.field(label, parent, "x-form-arrow-trigger", "▼");
  field.input.readOnly = true;
  field.input.setAttribute("role", "combobox");
  field.input.value = texts[0];
  var open = function () {
    if (X.popup && X.popup.owner === field) { X.closePopup(); return; }
    var list = X.openPopup("x-boundlist", field.wrap);
    list.owner = field;
    list.style.width = field.wrap.offsetWidth + "px";
    var items = X.el("ul", "x-list-plain", list);
    items.setAttribute("role", "listbox");
    texts.forEach(function (text) {
      var item = X.el("li", "x-boundlist-item", items, text);
      item.setAttribute("role", "option");
      item.classList.toggle("x-boundlist-selected", text === field.input.value);
      item.addEventListener("click", function () { field.input.value = text; X.closePopup(); onSelect(text); });
    });
  };
  field.trigger.addEventListener("click", open);
  field.input.addEventListener("click", open);
  return field;
};
