import{ra as t,ta as e}from"./chunk-XHQAQYTL.js";function f(){return t(e,{title:"Settings",children:"\u2026"})}export{f as default};
