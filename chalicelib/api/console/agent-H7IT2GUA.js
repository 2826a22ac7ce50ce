import{pb as t,rb as e}from"./chunk-VXE7IGT4.js";function f(){return t(e,{title:"Agent",children:"\u2026"})}export{f as default};
