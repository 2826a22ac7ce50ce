import{$a as e,Za as t}from"./chunk-PPOHRCTQ.js";function f(){return t(e,{title:"New ticket",children:"\u2026"})}export{f as default};
