"""Products of the insurer, its commission rates by issue date, and the filed caps (报行合一)."""

from datetime import date, timedelta

from sandbox.records import Product, Rate
from sandbox.scene import MASTER_VALID_FROM

_NEW_TARIFF = date(2024, 2, 1)
_LAST_YEAR = 5

PRODUCTS = (
    Product("TAZS01", "泰安福满堂终身寿险", 15, (3, 5, 10, 20)),
    Product("TAZS02", "泰安传世尊享终身寿险（分红型）", 15, (0, 3, 5, 10)),
    Product("TAZJ01", "泰安康健人生重大疾病保险", 15, (10, 20)),
    Product("TAZJ02", "泰安少儿守护重大疾病保险", 15, (10, 20)),
    Product("TANJ01", "泰安金色年华养老年金保险", 15, (3, 5, 10)),
    Product("TANJ02", "泰安鑫瑞年金保险", 15, (0, 3, 5)),
    Product("TALQ01", "泰安岁岁红两全保险", 10, (5, 10)),
    Product("TADS01", "泰安家和定期寿险", 15, (10, 20)),
    Product("TAYL01", "泰安百万医疗保险（费率可调）", 15, (5, 10)),
    Product("TAYW01", "泰安出行无忧意外伤害保险", 0, (1,)),
    Product("TAYW02", "泰安安心团体意外伤害保险", 0, (1,)),
)
_BY_PAY_YEARS = {
    0: (350,),
    1: (2500,),
    3: (1250, 400, 200),
    5: (2000, 600, 300, 200, 100),
    10: (3000, 900, 500, 300, 150),
    20: (3600, 1000, 600, 350, 200),
}
_OLD_TARIFF_EXTRA_BP = 225
# The cap bites on purpose: for these the filed fee is below the tariff.
_CAPPED = {("TAZS01", 20, 1): 3200, ("TANJ01", 5, 1): 1850, ("TALQ01", 10, 2): 800}
_CAP_ROOM_BP = 200


def product_of(product_code: str) -> Product:
    """The product with that code."""
    return next(product for product in PRODUCTS if product.product_code == product_code)


def build_rates() -> list[Rate]:
    """Two tariffs per product, pay term and policy year: before and from 2024-02-01."""
    rates = []
    for product, pay_years, policy_year in _cells():
        bp = _tariff_bp(product, pay_years, policy_year)
        extra = _OLD_TARIFF_EXTRA_BP if policy_year == 1 else 50
        cell = (product.product_code, pay_years, policy_year)
        rates.append(Rate(*cell, bp + extra, MASTER_VALID_FROM, _NEW_TARIFF - timedelta(days=1)))
        rates.append(Rate(*cell, bp, _NEW_TARIFF, None))
    return rates


def build_caps() -> list[Rate]:
    """Filed caps, in force for policies issued from 2024-02-01."""
    caps = []
    for product, pay_years, policy_year in _cells():
        cell = (product.product_code, pay_years, policy_year)
        usual = _tariff_bp(product, pay_years, policy_year) + _CAP_ROOM_BP
        caps.append(Rate(*cell, _CAPPED.get(cell, usual), _NEW_TARIFF, None))
    return caps


def _cells() -> list[tuple[Product, int, int]]:
    return [
        (product, pay_years, policy_year)
        for product in PRODUCTS
        for pay_years in product.pay_years
        for policy_year in range(1, min(max(pay_years, 1), _LAST_YEAR) + 1)
    ]


def _tariff_bp(product: Product, pay_years: int, policy_year: int) -> int:
    """The pay term's tariff, 50 bp more per product down the list in the first year."""
    place = PRODUCTS.index(product)
    return _BY_PAY_YEARS[pay_years][policy_year - 1] + (50 * (place % 4) if policy_year == 1 else 0)
