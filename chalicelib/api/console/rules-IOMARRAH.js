import{ra as e,ta as t}from"./chunk-XHQAQYTL.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
