// Whether a key would better be made elsewhere than in this page.
import { onHomeScreen } from "./keys.js";

/**
 * On iPhone and iPad what a page keeps in the browser goes after some days without a visit, and does not come along to the
 * home screen.
 */
export function needsHomeScreen() {
  const agent = navigator.userAgent;
  const apple = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1);
  return apple && !onHomeScreen();
}
