// The grid: one header and one body table, cloned for the columns fixed left and right; totals; pager.
function Grid(options) {
  var P = options.prefix, view = document.getElementById(options.id), columns = options.columns;
  var page = 1, limit = options.limit, count = null, pages = 1, rows = [];

  function write(column, row, index) {
    var value = row[column.field];
    if (column.kind === 'number') return String((page - 1) * limit + index + 1);
    if (column.kind === 'action') return '<a class="lay-btn-xs" lay-event="detail">详情</a>';
    if (value === undefined || value === null || value === '') return '';
    if (column.kind === 'yuan') return Portal.yuan(value);
    if (column.kind === 'fen') return Portal.fenAsYuan(value);
    if (column.kind === 'date') return String(value).slice(0, 10);
    if (column.kind === 'term') return value === 0 ? '趸交' : value + '年';
    if (column.kind === 'code') return Portal.escape(column.codes[value] || value);
    return Portal.escape(value);
  }

  function cell(tag, column, inner, more, side) {
    var hidden = column.fixed && column.fixed !== side ? ' class="' + P + '-hide"' : '';
    var align = /yuan|fen/.test(column.kind) && tag === 'td' ? ' ' + P + '-right' : '';
    return '<' + tag + ' data-field="' + column.field + '"' + hidden + (more || '') + '><div class="' + P + '-cell' +
      align + '" style="width:' + column.width + 'px">' + inner + '</div></' + tag + '>';
  }

  function of(side) {
    return columns.filter(function (column) { return !side || column.fixed === side; });
  }

  function header(side) {
    var upper = '', lower = '', mine = of(side);
    mine.forEach(function (column, place) {
      if (!column.group) { upper += cell('th', column, column.title, ' rowspan="2"', side); return; }
      lower += cell('th', column, column.title, '', side);
      if (place && mine[place - 1].group === column.group) return;
      var span = mine.filter(function (other) { return other.group === column.group; }).length;
      upper += '<th colspan="' + span + '"><div class="' + P + '-cell" style="text-align:center">' + column.group + '</div></th>';
    });
    return '<div class="' + P + '-header"><table><thead><tr>' + upper + '</tr><tr>' + lower + '</tr></thead></table></div>';
  }

  function body(side, data) {
    return '<table><tbody>' + data.map(function (row, index) {
      return '<tr data-index="' + index + '">' + of(side).map(function (column) {
        return cell('td', column, write(column, row, index), '', side);
      }).join('') + '</tr>';
    }).join('') + '</tbody></table>';
  }

  function fixed(side) {
    return '<div class="' + P + '-fixed ' + P + '-fixed-' + side + '">' + header(side) +
      '<div class="' + P + '-body"></div></div>';
  }

  function find(name) { return view.querySelector('.' + P + '-' + name); }

  function show(data, sums) {
    rows = data;
    find('main').innerHTML = data.length ? body('', data) : '<div class="' + P + '-none">无数据</div>';
    ['l', 'r'].forEach(function (side) {
      view.querySelector('.' + P + '-fixed-' + side + ' .' + P + '-body').innerHTML = body(side, data);
    });
    find('total').innerHTML = '<table><tbody><tr>' + columns.map(function (column, place) {
      return cell('td', column, place ? sums[column.field] || '' : '合计', '', column.fixed);
    }).join('') + '</tr></tbody></table>';
    follow();
  }

  function follow() {
    find('header').scrollLeft = find('total').scrollLeft = find('main').scrollLeft;
  }

  function numbers() {
    var wanted = [1, page - 2, page - 1, page, page + 1, page + 2, pages], shown = [];
    wanted.forEach(function (n) { if (n >= 1 && n <= pages && shown.indexOf(n) < 0) shown.push(n); });
    return shown.sort(function (a, b) { return a - b; }).map(function (n, place) {
      var gap = place && shown[place - 1] < n - 1 ? '<span class="lay-laypage-spr">…</span>' : '';
      return gap + (n === page ? '<span class="lay-laypage-curr"><em>' + n + '</em></span>'
        : '<a href="javascript:;" data-page="' + n + '">' + n + '</a>');
    }).join('');
  }

  function turn(text, name, target) {
    var off = target < 1 || target > pages ? ' lay-disabled' : '';
    return '<a href="javascript:;" class="lay-laypage-' + name + off + '" data-page="' + target + '">' + text + '</a>';
  }

  function pager() {
    find('page').innerHTML = '<div class="lay-laypage">' + turn('&lt;', 'prev', page - 1) + numbers() +
      turn('&gt;', 'next', page + 1) + '<span class="lay-laypage-skip">到第<input type="text" class="lay-input" value="' +
      page + '">页<button type="button" class="lay-laypage-btn">确定</button></span><span class="lay-laypage-count">共 ' +
      count + ' 条</span><span class="lay-laypage-limits"><select>' + [10, 30, 90].map(function (n) {
        return '<option value="' + n + '"' + (n === limit ? ' selected' : '') + '>' + n + ' 条/页</option>';
      }).join('') + '</select></span></div>';
  }

  function mask(is_on) { find('init').style.display = is_on ? 'block' : 'none'; }

  // The old rows stay under the mask until the answer is here; the request itself leaves late.
  function load(target) {
    mask(true);
    setTimeout(function () {
      options.query(target, limit, function (found) {
        page = target;
        count = found.count;
        pages = found.pages || Math.max(1, Math.ceil(count / limit));
        show(found.rows, found.sums);
        pager();
        mask(false);
      }, function (text) {
        show([], {});
        find('main').innerHTML = '<div class="' + P + '-none">' + Portal.escape(text) + '</div>';
        mask(false);
      });
    }, 700);
  }

  function click(event) {
    var link = event.target.closest('[data-page]'), row = event.target.closest('tr[data-index]');
    if (link && !/lay-disabled/.test(link.className)) load(Number(link.getAttribute('data-page')));
    if (event.target.className === 'lay-laypage-btn') {
      load(Math.min(pages, Math.max(1, parseInt(find('page').querySelector('input').value, 10) || 1)));
    }
    if (row && event.target.getAttribute('lay-event') === 'detail') options.open(rows[row.getAttribute('data-index')]);
  }

  view.className = P + '-view';
  view.innerHTML = '<div class="' + P + '-box">' + header('') + '<div class="' + P + '-body ' + P + '-main"><div class="' +
    P + '-none">请设置查询条件后点击“查询”</div></div>' + fixed('l') + fixed('r') + '</div><div class="' + P +
    '-total"></div><div class="' + P + '-page"></div><div class="' + P + '-init"><i></i>加载中…</div>';
  find('main').addEventListener('scroll', follow);
  view.addEventListener('click', click);
  view.addEventListener('change', function (event) {
    if (event.target.tagName === 'SELECT') { limit = Number(event.target.value); load(1); }
  });
  return { reload: function () { load(1); } };
}

// The dropdown made of divs; its value is the container's data-value.
function Dropdown(box) {
  var input = box.querySelector('input');
  box.querySelector('.lay-select-title').addEventListener('click', function () {
    box.classList.toggle('lay-form-selected');
  });
  box.querySelectorAll('dd').forEach(function (dd) {
    dd.addEventListener('click', function () {
      box.querySelectorAll('dd').forEach(function (other) { other.classList.toggle('lay-this', other === dd); });
      box.setAttribute('data-value', dd.getAttribute('lay-value'));
      input.value = dd.getAttribute('lay-value') ? dd.textContent : '';
      box.classList.remove('lay-form-selected');
    });
  });
  document.addEventListener('click', function (event) {
    if (!box.contains(event.target)) box.classList.remove('lay-form-selected');
  });
}
