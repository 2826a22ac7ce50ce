import{$a as o,Za as e}from"./chunk-PPOHRCTQ.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
