import{ab as t,cb as e}from"./chunk-QKDOG3YL.js";function f(){return t(e,{title:"Agent",children:"\u2026"})}export{f as default};
