"""Colours: legible on both backgrounds, and apart for the colour-blind."""

import itertools

import numpy as np
import pytest
from plotly.colors import hex_to_rgb

from results.figures import TEMPLATES, style

# Machado, Oliveira and Fernandes (2009): what full protanopia and deuteranopia leave of linear RGB.
BLINDNESS = {
    "protanopia": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "deuteranopia": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
}


def linear(colour):
    rgb = np.array(hex_to_rgb(colour)) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    bright, dark = sorted(
        (linear(c) @ [0.2126, 0.7152, 0.0722] + 0.05 for c in (one, other)), reverse=True
    )
    return bright / dark


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("colour", style.CYCLE)
def test_every_colour_stands_out_from_either_page(colour, mode):
    assert contrast(colour, TEMPLATES[mode].layout.paper_bgcolor) >= 3


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_is_easy_to_read(mode):
    layout = TEMPLATES[mode].layout
    assert contrast(layout.font.color, layout.paper_bgcolor) >= 12
    assert contrast(layout.title.subtitle.font.color, layout.paper_bgcolor) >= 4.5


@pytest.mark.parametrize("kind", BLINDNESS)
def test_the_colours_of_points_differ_for_the_colour_blind(kind):
    seen = [
        np.array(BLINDNESS[kind]) @ linear(c) for c in (style.BLUE, style.VERMILLION, style.GREEN)
    ]
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(one - other) > 0.1


def test_nothing_differs_by_colour_alone():
    looks = [style.look(place) for place in range(24)]
    assert len({(look.symbol, look.colour, dash) for look, dash in looks}) == 24
    for (one, dash), (other, other_dash) in itertools.pairwise(looks):
        assert one.symbol != other.symbol
        assert dash != other_dash
