import{$a as t,Za as e}from"./chunk-PPOHRCTQ.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
