import{ra as t,ta as o}from"./chunk-XHQAQYTL.js";function f(){return t(o,{title:"Account",children:"\u2026"})}export{f as default};
