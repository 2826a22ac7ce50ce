import{$a as t,bb as e}from"./chunk-YGW6L6VE.js";function f(){return t(e,{title:"New ticket",children:"\u2026"})}export{f as default};
