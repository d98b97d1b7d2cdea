"""Where networks look: class activation maps of several networks on the same images.

- `maps`: the map of a class, by the weights of the classifier or by Grad-CAM;
- `subjects`: the images, with the place of their object where it is known;
- `sampling`: which images of a data set: some classified rightly, some wrongly, or mosaics of four;
- `localisation`: whether a map points at the object, in figures;
- `comparing`: all networks on all images, a batch at a time;
- `gallery`: the pages to look at.
"""

from scaling_search.uses.cam.comparing import Panel, Row, Shown, Tally, compare
from scaling_search.uses.cam.maps import Maps, class_maps

__all__ = ["Maps", "Panel", "Row", "Shown", "Tally", "class_maps", "compare"]
