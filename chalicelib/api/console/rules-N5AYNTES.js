import{pb as e,rb as t}from"./chunk-VXE7IGT4.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
