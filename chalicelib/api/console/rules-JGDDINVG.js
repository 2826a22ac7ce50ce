import{Ba as e,Da as t}from"./chunk-O6YUUWLO.js";function f(){return e(t,{title:"Rules",children:"\u2026"})}export{f as default};
