"""A picture with four signs in it, made by the server; meant for people."""

from random import Random

from sandbox.kehutong.codes import CLEAR_SIGNS
from sandbox.scene import SEED

WIDTH, HEIGHT = 120, 40
_INKS = ("#1d4ed8", "#b91c1c", "#047857", "#6d28d9")


class Captchas:
    """Pictures given out; each may be answered once."""

    def __init__(self, seed: int = SEED) -> None:
        self._rng = Random(f"{seed}/kehutong/captcha")
        self._texts: dict[str, str] = {}

    def new(self) -> str:
        """The number of a new picture."""
        captcha_id = f"{self._rng.randrange(16**8):08x}"
        self._texts[captcha_id] = "".join(self._rng.choices(CLEAR_SIGNS, k=4))
        return captcha_id

    def picture(self, captcha_id: str) -> str | None:
        """The picture as SVG; None for one that nobody waits for."""
        text = self._texts.get(captcha_id)
        return _draw(text, Random(captcha_id)) if text else None

    def takes(self, captcha_id: str, text: str) -> bool:
        """Whether the picture says this; asked once."""
        expected = self._texts.pop(captcha_id, None)
        return expected is not None and text.strip().upper() == expected

    def clear(self) -> None:
        """Forget all pictures."""
        self._texts.clear()


def _draw(text: str, rng: Random) -> str:
    signs = "".join(
        f'<text x="{14 + 26 * place}" y="{28 + rng.randint(-4, 4)}" fill="{rng.choice(_INKS)}" '
        f'transform="rotate({rng.randint(-18, 18)} {14 + 26 * place} 24)">{sign}</text>'
        for place, sign in enumerate(text)
    )
    lines = "".join(
        f'<line x1="0" y1="{rng.randrange(HEIGHT)}" x2="{WIDTH}" y2="{rng.randrange(HEIGHT)}" '
        f'stroke="{rng.choice(_INKS)}" stroke-opacity="0.5"/>'
        for _ in range(5)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="Georgia,serif" font-size="25" font-weight="bold">'
        f'<rect width="100%" height="100%" fill="#f1f5f9"/>{lines}{signs}</svg>'
    )
