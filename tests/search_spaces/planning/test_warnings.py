"""Cautions are the same wherever they are shown."""

from search_spaces.planning.warnings import upsampling_note


def test_only_a_candidate_above_the_images_is_cautioned():
    assert upsampling_note(32, 32, 32) is None
    assert upsampling_note(33, 32, 32) == (
        "33 px exceeds the 32 px of the images: upsampling adds no detail, so a difference there "
        "comes from the network's strides and no effect of resolution is claimed"
    )


def test_what_the_cache_left_out_is_said():
    assert upsampling_note(33, 64, 32).endswith(
        "is claimed (the originals have 64 px: a larger source_px would keep more of them)"
    )
    assert upsampling_note(33, 32, 64).startswith("33 px exceeds the 32 px of the images")
