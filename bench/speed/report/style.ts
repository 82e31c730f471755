/** The page's style; the drawings use its variables, so that they follow light and dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --back: #fff; --text: #1c2430; --line: #d6dbe3; --ours: #0b63c5; --drop-in: #5aa9e6; --peer: #b08a3e; --yes: #1a7f37; --no: #b3261e;
  --series-0: #0b63c5; --series-1: #55606e; --series-2: #1f9e89; --series-3: #c2410c; --series-4: #8e44ad; --series-5: #b08a3e; --series-6: #be185d; --series-7: #4d7c0f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12161c; --text: #e4e8ee; --line: #39424f; --ours: #6cb1ff; --drop-in: #2f7fc4; --peer: #d3a955; --yes: #56d27a; --no: #ff8a80;
    --series-0: #6cb1ff; --series-1: #a9b4c2; --series-2: #4fd1b8; --series-3: #ff9b6a; --series-4: #cfa2ea; --series-5: #d3a955; --series-6: #f48fb1; --series-7: #a3d65c;
  }
}
body { margin: 0 auto; padding: 1rem; max-width: 1240px; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
figure { margin: 0; overflow: hidden; } figure svg { display: block; max-width: 100%; height: auto; }
.narrow { display: block; } .wide { display: none; }
@media (min-width: 900px) { .narrow { display: none; } .wide { display: block; } }
.wide-table { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; } th, td { padding: .2rem .7rem .2rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
details td, .goals td:not(:nth-child(3)) { white-space: nowrap; } details td:last-child { white-space: normal; min-width: 9rem; } th { vertical-align: bottom; } .yes .standing { color: var(--yes); } .no .standing { color: var(--no); font-weight: 600; } .open { opacity: .75; }
@media (max-width: 600px) {
  .goals tr { display: block; padding: .3rem 0; border-bottom: 1px solid var(--line); } .goals td { display: inline; border: 0; } .goals tr:first-child { display: none; }
  .goals td:nth-child(3) { display: block; } .goals td:last-child { white-space: normal; }
  details td:first-child { white-space: normal; min-width: 10rem; }
}
.key { white-space: nowrap; } .key::before { content: ''; display: inline-block; width: .8em; height: .8em; margin: 0 .3em 0 .6em; background: var(--peer); }
.key.ours::before { background: var(--ours); } .key.drop-in::before { background: var(--drop-in); }
pre { white-space: pre-wrap; font-size: .8rem; } summary { cursor: pointer; }
`
