var Calendar = (function () {
    var box = null, year = 0, month = 0;

    function popup() { return document.getElementById('calPopup'); }
    function two(n) { return (n < 10 ? '0' : '') + n; }

    function options(first, last, chosen, unit) {
        var html = '';
        for (var n = first; n <= last; n++) {
            html += '<option value="' + n + '"' + (n === chosen ? ' selected' : '') + '>' + n + unit + '</option>';
        }
        return html;
    }

    function weeks() {
        var start = new Date(year, month - 1, 1).getDay(), days = new Date(year, month, 0).getDate();
        var html = '';
        for (var cell = 0; cell < start + days || cell % 7 !== 0; cell++) {
            var day = cell - start + 1;
            if (cell % 7 === 0) { html += '<tr>'; }
            if (day < 1 || day > days) {
                html += '<td class="other">' + new Date(year, month - 1, day).getDate() + '</td>';
            } else {
                html += '<td><a href="javascript:Calendar.choose(' + day + ')">' + day + '</a></td>';
            }
            if (cell % 7 === 6) { html += '</tr>'; }
        }
        return html;
    }

    function draw() {
        popup().innerHTML =
            '<div><a id="calPrev" href="javascript:Calendar.move(-1)">上月</a> ' +
            '<select id="calYear" onchange="Calendar.jump()">' + options(2000, 2040, year, '年') + '</select>' +
            '<select id="calMonth" onchange="Calendar.jump()">' + options(1, 12, month, '月') + '</select> ' +
            '<a id="calNext" href="javascript:Calendar.move(1)">下月</a></div>' +
            '<table id="calDays"><tr><th>日</th><th>一</th><th>二</th><th>三</th><th>四</th><th>五</th><th>六</th></tr>' +
            weeks() + '</table>' +
            '<div><a id="calClear" href="javascript:Calendar.clear()">清空</a> ' +
            '<a id="calClose" href="javascript:Calendar.close()">关闭</a></div>';
    }

    return {
        open: function (id, icon) {
            box = document.getElementById(id);
            var parts = box.value.split('-'), now = new Date();
            year = parts.length === 3 ? parseInt(parts[0], 10) : now.getFullYear();
            month = parts.length === 3 ? parseInt(parts[1], 10) : now.getMonth() + 1;
            popup().style.display = 'block';
            popup().style.left = box.offsetLeft + 'px';
            popup().style.top = (icon.offsetTop + icon.offsetHeight + 4) + 'px';
            draw();
        },
        move: function (step) {
            var moved = new Date(year, month - 1 + step, 1);
            year = moved.getFullYear();
            month = moved.getMonth() + 1;
            draw();
        },
        jump: function () {
            year = parseInt(document.getElementById('calYear').value, 10);
            month = parseInt(document.getElementById('calMonth').value, 10);
            draw();
        },
        choose: function (day) {
            box.value = year + '-' + two(month) + '-' + two(day);
            this.close();
        },
        clear: function () { box.value = ''; this.close(); },
        close: function () { popup().style.display = 'none'; }
    };
})();
