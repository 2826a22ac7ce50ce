import{nb as e,pb as t}from"./chunk-2HKTDHLI.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
