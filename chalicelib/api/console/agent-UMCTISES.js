import{nb as t,pb as e}from"./chunk-2HKTDHLI.js";function f(){return t(e,{title:"Agent",children:"\u2026"})}export{f as default};
