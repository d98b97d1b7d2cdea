import { watchFigures } from "./figures.js";

watchFigures();
