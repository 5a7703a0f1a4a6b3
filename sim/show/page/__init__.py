"""The page to explore a scenario with: sliders, one replicate round by round, the sources of every number.

`state` is what a visitor has changed, and its address; `desk` opens a scenario under it; `figures` computes, `dials`
says which controls there are, `replay` plays a replicate, `told` puts all of it into plain rows and words. None of
these knows the library that draws. `widgets` are the controls, `explore`, `watch` and `ledger` the views, `serve` the
server; these need NiceGUI, and matplotlib is never imported.
"""
