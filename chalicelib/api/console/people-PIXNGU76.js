import{ra as e,ta as o}from"./chunk-XHQAQYTL.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
