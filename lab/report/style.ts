/** Light and dark by what the reader's system says; nothing wider than the window but the matrix, which scrolls by itself. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1d2730;--paper:#fbfaf7;--line:#d5d2c8;--soft:#6a737b;--bad:#a3201d;--bad-paper:#fbe3df;--odd:#7a4d00;--odd-paper:#fdf0cf;--good:#1d5f33;--good-paper:#e3f2e4;--none:#6a737b;--none-paper:#efeeea}
@media (prefers-color-scheme:dark){:root{--ink:#e8e6e0;--paper:#15191d;--line:#343b42;--soft:#9aa4ad;--bad:#ffb3ab;--bad-paper:#4d1714;--odd:#f7d58a;--odd-paper:#413005;--good:#a9e0b5;--good-paper:#143520;--none:#9aa4ad;--none-paper:#20262b}}
*{box-sizing:border-box}body{margin:0;font:1rem/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
header,main{max-width:78rem;margin:0 auto;padding:1rem 1.2rem}h1{font-size:1.9rem;margin:.6rem 0}header p{max-width:46rem}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.4rem}table{border-collapse:collapse;font-size:.92rem}caption{text-align:left;padding:.5rem .7rem;color:var(--soft)}
th,td{border-top:1px solid var(--line);padding:.25rem .4rem;text-align:center}thead th{vertical-align:bottom;height:15rem;border-top:0}thead th span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:14.4rem;font-weight:500;text-align:left}
.k-instar span{font-weight:700}tbody th{text-align:left;font-weight:500;min-width:15rem;position:sticky;left:0;background:var(--paper)}tbody th small{display:block;color:var(--soft);font-weight:400}
td a{display:block;min-width:1.8rem;padding:.3rem 0;font-weight:700;text-decoration:none;color:inherit;border-radius:.25rem}td a:hover{outline:2px solid currentColor}
a:focus-visible,section:focus-visible,.scroll:focus-visible{outline:3px solid #2f6fde;outline-offset:2px}
.v-bad{color:var(--bad);background:var(--bad-paper)}.v-odd{color:var(--odd);background:var(--odd-paper)}.v-good{color:var(--good);background:var(--good-paper)}.v-none{color:var(--none);background:var(--none-paper)}
.legend{list-style:none;padding:0;display:grid;grid-template-columns:repeat(auto-fit,minmax(19rem,1fr));gap:.35rem 1.4rem}.sign{display:inline-block;width:1.8rem;text-align:center;font-weight:700;border-radius:.25rem}
#story{border-top:3px solid var(--line);padding-top:.6rem}.on{color:var(--soft)}.screens{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0;flex:1 1 17rem;max-width:29rem}figcaption{color:var(--soft);font-size:.9rem}
img,.empty{width:100%;height:auto;border:1px solid var(--line);border-radius:.3rem;background:#fff}.empty{margin:0;padding:1.2rem;color:var(--soft);background:none;text-align:center}ol{padding-left:1.4rem}li{margin-bottom:1rem}pre{overflow-x:auto;font-size:.8rem;padding:.6rem;border:1px solid var(--line);border-radius:.3rem}
@media (max-width:40rem){tbody th{min-width:8.5rem;max-width:8.5rem}tbody th small{display:none}}
.without ul{list-style:none;padding-left:0}.without li li{margin:.2rem 0}
dt{font-weight:650}dd{margin:0 0 .6rem;max-width:46rem}
.verdict{font-size:1.15rem;font-weight:650;padding:.5rem .8rem;border-radius:.4rem}
`
