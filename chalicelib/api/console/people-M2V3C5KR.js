import{Wa as e,Ya as o}from"./chunk-F7EBDJF4.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
