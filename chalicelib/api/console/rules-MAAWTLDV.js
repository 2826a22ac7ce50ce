import{ib as e,kb as t}from"./chunk-WQC7JUWH.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
