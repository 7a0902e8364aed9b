"""Who may open what: the only place that decides it; what is not listed here opens for nobody."""

from connectors.desk_accounts import Role

PUBLIC = frozenset({"login_page", "login", "healthz", "relay_sms"})
"""Route names that need no login; /static is mounted beside them."""

SIGNED = frozenset({"relay_sms"})
"""Route names for machines: a signature of their own takes the place of the form's CSRF token."""

EVERYBODY = frozenset(Role)

PAGES: dict[str, frozenset[Role]] = {
    "workbook_list": EVERYBODY,
    "workbook_download": EVERYBODY,
    "code_list": frozenset({Role.OPS, Role.ADMIN}),
    "code_picture": frozenset({Role.OPS, Role.ADMIN}),
    "code_answer": frozenset({Role.OPS, Role.ADMIN}),
    "logout": EVERYBODY,
}
"""Route name -> roles that may use it."""

ROLE_NAMES: dict[Role, str] = {
    Role.OPS: "运营",
    Role.FINANCE: "财务",
    Role.MANAGER: "管理层",
    Role.ADMIN: "管理员",
}


def may_open(role: str, page: str) -> bool:
    """Whether a person with ``role`` may use the route named ``page``; unknown ones never."""
    return role in PAGES.get(page, frozenset())
