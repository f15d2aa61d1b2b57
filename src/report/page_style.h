#pragma once
// Style sheet of the report's page.

namespace citrine {

inline constexpr char kPageStyle[] = R"css(
:root { --ground: #ffffff; --text: #1f2630; --muted: #5d6875; --line: #d9dfe5; --panel: #f6f8fa; --accent: #b8860b; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14181d; --text: #e3e8ed; --muted: #9aa6b2; --line: #313a44; --panel: #1b2128; --accent: #e0b34a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
header { border-bottom: 3px solid var(--accent); }
h1 { margin: 1.2rem 0 0; font-size: 1.7rem; }
h2 { margin: 2.2rem 0 0.6rem; font-size: 1.3rem; }
h3 { margin: 1.4rem 0 0.4rem; font-size: 1.05rem; }
header p, small, figcaption { color: var(--muted); overflow-wrap: anywhere; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem; }
figure { margin: 0; padding: 0.6rem; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; }
figure:is([id^="layers_"], [id^="classes_"], [id^="array_"], [id^="exact_"]) { grid-column: 1 / -1; }
figure svg { display: block; width: 100%; height: auto; max-height: none; }
figure:is([id^="layers_"], [id^="classes_"], [id^="array_"], [id^="exact_"]) svg { min-width: 42rem; }
figcaption { font-size: 0.9rem; padding-top: 0.4rem; }
.wide { overflow-x: auto; margin: 0.6rem 0; }
.drawing { padding: 0.4rem; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; }
.drawing text, figure text { fill: currentColor; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th { color: var(--muted); font-weight: 600; white-space: normal; }
th:first-child, td:first-child { text-align: left; }
summary { cursor: pointer; color: var(--accent); }
pre { overflow-x: auto; font-size: 0.85rem; background: var(--panel); padding: 0.6rem; border-radius: 6px; }
)css";

}  // namespace citrine
