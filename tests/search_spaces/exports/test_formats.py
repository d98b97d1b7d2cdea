"""What every format writes without its package, and what it refuses."""

import ast
import json
import math
import re

import pytest
import yaml

from search_spaces.baselines import ProxyForm, get_baseline
from search_spaces.baselines.frame import Frame
from search_spaces.coefficients import PUBLISHED, Coefficients
from search_spaces.errors import InputError
from search_spaces.exports import FORMATS, Named, get_format, named
from search_spaces.exports.efficientnet import channels, depth_multiplier, width_multiplier
from search_spaces.families import family, family_member
from search_spaces.networks.rounding import Rounding

from .conftest import LARGER, member

OFFICIAL_ONES = ("transformers", "keras", "efficientnet_pytorch", "pycls", "torchvision", "timm")
EFFICIENTNET = get_baseline("efficientnet_b0")
PUBLISHED_FAMILY = family(Frame.of(EFFICIENTNET), PUBLISHED, convention="published")


@pytest.mark.parametrize("name", [n for n, form in FORMATS.items() if form.suffix == ".py"])
def test_snippets_are_python_with_a_function_for_every_member(name):
    module = ast.parse(FORMATS[name].many(named(PUBLISHED_FAMILY)))
    functions = [node.name for node in module.body if isinstance(node, ast.FunctionDef)]
    assert functions == [f"b{k}" for k in range(8)]


def test_torchvision_gets_the_published_b7():
    text = FORMATS["torchvision"].one(Named("b7", PUBLISHED_FAMILY[7]))
    rows = re.findall(r"MBConvConfig\((.+)\)", text)
    assert rows[0] == "1, 3, 1, 64, 32, 4"
    assert rows[-1] == "6, 3, 1, 384, 640, 4"
    assert "last_channel=2560" in text


def test_timm_gets_the_published_b7():
    text = FORMATS["timm"].one(Named("b7", PUBLISHED_FAMILY[7]))
    assert "ir_r4_k3_s1_e6_c640_se0.25" in text
    assert "num_features=2560" in text
    assert "stem_size=64" in text


def test_pycls_gets_realised_lists():
    document = yaml.safe_load(FORMATS["pycls"].one(Named("b3", PUBLISHED_FAMILY[3])))
    assert document["EN"]["WIDTHS"] == [24, 32, 48, 96, 136, 232, 384]
    assert document["EN"]["DEPTHS"] == [2, 3, 3, 5, 5, 6, 2]
    assert document["TRAIN"]["IM_SIZE"] == 300


def test_transformers_gets_the_published_multipliers_and_pads_odd_sides_evenly():
    document = json.loads(FORMATS["transformers"].one(Named("b7", PUBLISHED_FAMILY[7])))
    assert document["width_coefficient"] == 2.0
    assert document["hidden_dim"] == 2560
    assert document["depthwise_padding"] == [18]  # 75 px enter the third strided stage; as google's


def test_a_family_is_an_object_by_name_or_a_stream():
    wanted = [f"b{k}" for k in range(8)]
    assert list(json.loads(FORMATS["transformers"].many(named(PUBLISHED_FAMILY)))) == wanted
    documents = list(yaml.safe_load_all(FORMATS["pycls"].many(named(PUBLISHED_FAMILY))))
    assert [one["EN"]["STEM_W"] for one in documents] == [32, 32, 32, 40, 48, 48, 56, 64]


@pytest.mark.parametrize("published", PUBLISHED_FAMILY, ids=lambda one: one.name)
def test_multipliers_are_found_from_the_network_alone(published):
    width, divisor = width_multiplier(published.spec)
    assert (width, divisor) == (published.scaling.width, 8)
    depth = depth_multiplier(published.spec)
    assert tuple(math.ceil(depth * repeats) for repeats in (1, 2, 2, 3, 3, 4, 1)) == (
        published.spec.depths
    )


@pytest.mark.parametrize("divisor", [4, 8, 16])
def test_multipliers_are_found_for_other_divisors(divisor):
    spec = member(2, rounding=Rounding(width_divisor=divisor, resolution_multiple=2)).network.spec
    width, found = width_multiplier(spec)
    assert [channels(w, width, found) for w in (32, 16, 320, 1280)] == [
        spec.widths[i] for i in (0, 1, 7, 8)
    ]


@pytest.mark.parametrize("name", OFFICIAL_ONES)
def test_other_baselines_are_refused_by_name(name):
    frame = Frame.of(get_baseline("mobilenet_v2"))
    made = family_member(frame, Coefficients(1.0, 1.2, 1.1), 0)
    with pytest.raises(InputError, match=f"{name} cannot express baseline mobilenet_v2"):
        FORMATS[name].one(Named("b0", made))


@pytest.mark.parametrize("name", OFFICIAL_ONES)
def test_proxy_forms_are_refused_by_field(name):
    small = member(0, form=ProxyForm(width=0.5, stem_stride=1))
    with pytest.raises(InputError, match="stem stride 1: it is fixed at 2; leave the proxy form"):
        FORMATS[name].one(small)


def test_our_own_formats_express_everything():
    made = family_member(
        Frame.of(get_baseline("mobilenet_v2"), form=ProxyForm(width=0.5, stem_stride=1)),
        Coefficients(1.0, 1.2, 1.1),
        1,
    )
    for name in ("python", "json", "yaml"):
        assert "mobilenet_v2" in FORMATS[name].one(Named("b1", made))


def test_strides_that_a_table_fixes_are_refused_and_others_written():
    changed = member(0, form=ProxyForm(strides=(1, 2, 2, 1, 1, 2, 1)))
    with pytest.raises(InputError, match="keras cannot express stage 4 stride 1: it can be 2"):
        FORMATS["keras"].one(changed)
    document = json.loads(FORMATS["transformers"].one(changed))
    assert document["strides"] == [1, 2, 2, 1, 1, 2, 1]


@pytest.mark.parametrize("name", ["pycls", "torchvision"])
def test_grey_images_are_refused_where_colour_is_fixed(name):
    with pytest.raises(InputError, match="in_channels 1: it takes images of 3 channels"):
        FORMATS[name].one(member(0, in_channels=1))


def test_transformers_refuses_odd_images():
    odd = member(0, resolution_px=225, rounding=Rounding())
    with pytest.raises(InputError, match=r"resolution_px 225.*--resolution-multiple 2"):
        FORMATS["transformers"].one(odd)


def test_transformers_refuses_a_first_block_that_adds_its_input():
    narrow = member(0, form=ProxyForm(width=0.25))
    with pytest.raises(InputError, match="stage 1 width 8"):
        FORMATS["transformers"].one(narrow)


def test_torchvision_refuses_widths_that_it_would_round():
    with pytest.raises(InputError, match=r"stem width 36: it makes all widths of blocks"):
        FORMATS["torchvision"].one(member(1, rounding=Rounding(width_divisor=4)))


def test_depths_that_no_multiplier_gives_are_refused_by_stage():
    nearest = Rounding(depth="nearest")
    rounded = member(2, coefficients=Coefficients(1.5, 1.05, 1.1), rounding=nearest)
    with pytest.raises(InputError, match=r"keras cannot express stage \d depth \d"):
        FORMATS["keras"].one(rounded)


def test_unknown_formats_suggest_the_nearest():
    with pytest.raises(InputError, match="did you mean transformers"):
        get_format("transformer")


def test_widths_that_no_multiplier_gives_are_refused_by_field():
    spec = LARGER.network.spec.to_dict()
    spec["stages"][2]["width"] += 80
    changed = type(LARGER.network.spec).from_dict(spec)
    with pytest.raises(InputError, match="cannot express stage 3 width"):
        width_multiplier(changed)
