// The date boxes are readonly: the page keeps the chosen day in here, and queries know no other.
var Calendar = (function () {
  var kept = {}, panel = document.createElement('div'), box = null, year = 0, month = 0;

  function two(n) { return (n < 10 ? '0' : '') + n; }

  function cell(day) {
    var date = new Date(year, month - 1, day);
    return '<td' + (date.getMonth() === month - 1 ? '' : ' class="laydate-other"') + '>' + date.getDate() + '</td>';
  }

  function draw() {
    var first = 1 - new Date(year, month - 1, 1).getDay(), rows = '';
    for (var week = 0; week < 6; week++) {
      rows += '<tr>';
      for (var place = 0; place < 7; place++) rows += cell(first + week * 7 + place);
      rows += '</tr>';
    }
    panel.innerHTML = '<div class="laydate-header"><i class="laydate-prev-y">«</i><i class="laydate-prev-m">‹</i>' +
      '<span class="laydate-set-ym"><span>' + year + '年</span> <span>' + month + '月</span></span>' +
      '<i class="laydate-next-m">›</i><i class="laydate-next-y">»</i></div><table><thead><tr><th>' +
      '日一二三四五六'.split('').join('</th><th>') + '</th></tr></thead><tbody>' + rows + '</tbody></table>' +
      '<div class="laydate-footer"><span class="laydate-clear">清空</span></div>';
  }

  function turn(months) {
    var moved = new Date(year, month - 1 + months, 1);
    year = moved.getFullYear();
    month = moved.getMonth() + 1;
    draw();
  }

  function keep(day) {
    kept[box.id] = day;
    box.value = day;
    panel.style.display = 'none';
  }

  function open(icon) {
    box = icon.previousElementSibling;
    var from = kept[box.id] ? new Date(kept[box.id] + 'T00:00:00') : new Date();
    year = from.getFullYear();
    month = from.getMonth() + 1;
    draw();
    panel.style.cssText = 'display:block;left:' + box.offsetLeft + 'px;top:' + (box.offsetTop + box.offsetHeight + 4) + 'px';
  }

  panel.className = 'laydate';
  document.body.appendChild(panel);
  panel.addEventListener('click', function (event) {
    var turns = { 'laydate-prev-y': -12, 'laydate-prev-m': -1, 'laydate-next-m': 1, 'laydate-next-y': 12 };
    var target = event.target;
    if (turns[target.className]) turn(turns[target.className]);
    else if (target.className === 'laydate-clear') keep('');
    else if (target.tagName === 'TD' && !target.className) keep(year + '-' + two(month) + '-' + two(Number(target.textContent)));
    event.stopPropagation();
  });
  document.addEventListener('click', function (event) {
    if (event.target.className === 'laydate-icon') open(event.target);
    else panel.style.display = 'none';
  });
  return { day: function (id) { return kept[id] || ''; } };
})();
